import Diagnostics
import ModelfileSyntax
import TestSupport
import Testing

@Suite struct FormattingTests {
    private func format(_ text: String) -> String? { ModelfileFormatter.format(ModelfileSyntaxTree(parsing: SourceText(text))) }

    @Test func `words, blanks and empty lines are laid out`() {
        let text =
            "\n\n# head  \r\n\r\n\r\nfrom   x\t\nparameter\ttemperature  0.7 \n  # about stop\n\tPARAMETER stop  \"a \"  \n\n\n"
        #expect(format(text) == "# head\n\nFROM x\nPARAMETER temperature 0.7\n# about stop\nPARAMETER stop \"a \"\n")
    }

    @Test func `texts keep every character`() {
        let text = "FROM x\nSYSTEM \"\"\"\n  two  \r\n\n\n\ttabs\t\n\"\"\"  \nLICENSE   it is   free\n"
        #expect(format(text) == "FROM x\nSYSTEM \"\"\"\n  two  \r\n\n\n\ttabs\t\n\"\"\"\nLICENSE it is   free\n")
    }

    @Test func `an empty text gets quotes`() { #expect(format("FROM x\nSYSTEM \n") == "FROM x\nSYSTEM \"\"\n") }

    @Test func `a file of comments stays one`() {
        #expect(format("# a\n\n\n#b") == "# a\n\n#b\n")
        #expect(format("") == "")
    }

    @Test(arguments: ["FORM x\n", "FROM x\nstray text here\n", "FROM x\nSYSTEM \"\"\"open\n"])
    func `a file with errors is left alone`(text: String) { #expect(format(text) == nil) }

    @Test func `bytes that are no text are left alone`() {
        #expect(ModelfileFormatter.format(ModelfileSyntaxTree(parsing: [0x46, 0x52, 0x4F, 0x4D, 0x20, 0xFF, 0x0A])) == nil)
    }

    /// The meaning and the comments of a text; trailing blanks of comments aside.
    private func content(_ tree: ModelfileSyntaxTree) -> (entries: [ModelfileEntry], comments: [String]) {
        let comments = tree.tokens.flatMap(\.leadingTrivia).filter { $0.kind == .comment }.map { trivia in
            var text = tree.source.text(in: trivia.range)
            while let last = text.unicodeScalars.last, last == " " || last == "\t" { text.unicodeScalars.removeLast() }
            return text
        }
        return (tree.entries, comments)
    }

    private func expectFaithful(_ text: String, _ name: String) {
        let tree = ModelfileSyntaxTree(parsing: SourceText(text))
        guard let formatted = ModelfileFormatter.format(tree) else { return }
        let again = ModelfileSyntaxTree(parsing: SourceText(formatted))
        #expect(content(again).entries == content(tree).entries, "\(name)")
        #expect(content(again).comments == content(tree).comments, "\(name)")
        #expect(!again.diagnostics.containsErrors, "\(name)")
        #expect(ModelfileFormatter.format(again) == formatted, "\(name)")
    }

    @Test func `samples and what random damage makes of them keep their meaning`() throws {
        var mutations = Mutations(seed: 5)
        for sample in try GrammarSamples.all() {
            expectFaithful(String(decoding: sample.bytes, as: UTF8.self), sample.name)
            for _ in 0..<40 {
                expectFaithful(String(decoding: mutations.damage(sample.bytes), as: UTF8.self), sample.name)
            }
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `real Modelfiles keep their meaning`() throws {
        let files = try SharedData.files(in: "modelfiles")
        #expect(files.count > 300)
        for file in files {
            let tree = ModelfileSyntaxTree(parsing: [UInt8](try Data(contentsOf: file)))
            expectFaithful(tree.source.text, file.lastPathComponent)
        }
    }
}
