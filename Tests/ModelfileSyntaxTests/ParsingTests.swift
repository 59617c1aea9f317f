import Diagnostics
import ModelfileSyntax
import Testing

@Suite struct ParsingTests {
    private func entries(_ text: String) -> [ModelfileEntry] {
        let tree = ModelfileSyntaxTree(parsing: SourceText(text))
        #expect(tree.description == text)
        #expect(!tree.diagnostics.containsErrors, "\(TerminalRenderer().render(tree.diagnostics, in: tree.source))")
        return tree.entries
    }

    @Test func `every instruction is known`() {
        let lines = ModelfileDialect.plain.instructions.map { instruction in
            switch instruction.argument {
            case .parameterName: "PARAMETER seed 1"
            case .role: "MESSAGE user 1"
            case nil: "\(instruction.keyword) 1"
            }
        }
        #expect(entries(lines.joined(separator: "\n")).map(\.instruction) == ModelfileDialect.plain.instructions)
    }

    @Test func `keywords match in any case`() {
        #expect(entries("from a\nFrom b\nfROM c").map(\.value) == ["a", "b", "c"])
    }

    @Test func `blanks around a value do not belong to it`() {
        #expect(entries("FROM \t a b \t \n") == [ModelfileEntry(.from, "a b")])
    }

    @Test func `a line may end in three ways`() {
        for newline in ["\n", "\r", "\r\n"] {
            #expect(
                entries("FROM a\(newline)SYSTEM \"\"\"b\(newline)c\"\"\"\(newline)PARAMETER seed 1") == [
                    ModelfileEntry(.from, "a"), ModelfileEntry(.system, "b\(newline)c"), ModelfileEntry(.parameter, "seed", "1"),
                ])
        }
    }

    @Test func `a comment stands only where an instruction may`() {
        #expect(entries("# a\n  # b\nFROM x # c\n#d") == [ModelfileEntry(.from, "x # c")])
        #expect(entries("SYSTEM \"\"\"\n# text\n\"\"\"") == [ModelfileEntry(.system, "\n# text\n")])
    }

    @Test(arguments: [
        (#"SYSTEM "a""#, "a"), (#"SYSTEM """a""""#, "a"), (#"SYSTEM """#, ""), (#"SYSTEM """""""#, ""), (#"SYSTEM 'a'"#, "'a'"),
        (#"SYSTEM "He said "hi"""#, #"He said "hi""#), (#"SYSTEM a "b""#, #"a "b""#), (#"SYSTEM "a\"b""#, #"a\"b"#),
        (#"SYSTEM """"a""""#, #""a"#), ("SYSTEM \"a\nb\"", "a\nb"), ("SYSTEM \"a\" b\nc\"", "a\" b\nc"),
        ("SYSTEM \"\"\"a\n\"\"\" \n\n", "a\n"), ("SYSTEM \"\n\"", "\n"), ("SYSTEM ", ""), ("SYSTEM \t\n", ""),
        ("SYSTEM \" a \"", " a "),
    ])
    func `values and their quotes`(text: String, value: String) {
        #expect(entries(text) == [ModelfileEntry(.system, value)])
    }

    @Test func `every character of a text is kept`() {
        for text in ["\u{3000}你好\u{3000}世界", "👨‍👩‍👧", "a\u{A0}b", "\u{7}bell\u{0}", "\u{E000}", "a\u{200B}"] {
            let read = entries("SYSTEM \(text)\nSYSTEM \"\(text)\"\n").map { Array($0.value.utf8) }
            #expect(read == [Array(text.utf8), Array(text.utf8)])
        }
    }

    @Test func `several blanks may stand before a name or role`() {
        #expect(
            entries("PARAMETER \t seed  1\nMESSAGE   user   hi") == [
                ModelfileEntry(.parameter, "seed", "1"), ModelfileEntry(.message, "user", "hi"),
            ])
    }

    @Test func `invisible characters around structure are skipped with a warning`() {
        let tree = ModelfileSyntaxTree(
            parsing: SourceText("\u{FEFF}FROM\u{A0}x\nSYSTEM \u{200B}\"a\"\u{A0}\nPARAMETER \u{A0}seed 1\n"))
        #expect(
            tree.entries == [
                ModelfileEntry(.from, "x"), ModelfileEntry(.system, "a"), ModelfileEntry(.parameter, "seed", "1"),
            ])
        #expect(tree.diagnostics.map(\.rule) == Array(repeating: .invisibleCharacter, count: 5))
    }

    @Test func `tokens know their places`() throws {
        let tree = ModelfileSyntaxTree(parsing: SourceText("# c\n MESSAGE user  \"hi\" \n"))
        let message = try #require(tree.instructions.first)
        #expect(message.keyword.leadingTrivia.map(\.kind) == [.comment, .newline, .blanks])
        #expect(message.argument.map { tree.source.text(in: $0.range) } == "user")
        #expect(message.value.map { tree.source.text(in: $0.range) } == "\"hi\"")
        #expect(message.value?.quoting == .quoted)
        #expect(tree.source.text(in: message.range) == "MESSAGE user  \"hi\"")
        #expect(tree.endOfFile.leadingTrivia.map(\.kind) == [.blanks, .newline])
    }
}
