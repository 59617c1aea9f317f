import BuildPipeline
import Linting
import ModelManifest
import ModelStore
import ModelfileSyntax
import TestSupport
import Testing

/// A draft that cannot guess for the model is told when the package is made, not only when it runs.
@Suite struct DraftTests {
    let fixture: BuildFixture

    init() throws {
        fixture = try BuildFixture()
        try fixture.write(.llama(width: 16, name: "small"), to: "small.gguf")
        try fixture.write(Self.ofOtherWords, to: "foreign.gguf")
        var mute = TinyModelFile.llama(width: 16, name: "mute")
        mute.remove("tokenizer.ggml.model")
        try fixture.write(mute, to: "mute.gguf")
    }

    /// A tiny model whose last token is another one.
    private static var ofOtherWords: TinyModelFile {
        var file = TinyModelFile.llama(width: 16, name: "foreign")
        file.remove("tokenizer.ggml.tokens")
        let bytes = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "<0x" + (digits.count == 1 ? "0" : "") + digits + ">"
        }
        file.add("tokenizer.ggml.tokens", ["<unk>", "<s>", "</s>"] + bytes + ["\u{2581}", "a", "b", "\u{2581}a", "zz"])
        return file
    }

    private let difference = "token 263 is 'zz', in the model 'ab'"

    @Test func buildingWarnsOfAnotherVocabulary() throws {
        let log = EventLog()
        let made = try fixture.build("FROM ./tiny.gguf\nDRAFT ./foreign.gguf", events: log.handler)
        #expect(made.manifest.layers(of: .draft).count == 1)
        #expect(log.warnings == ["DRAFT './foreign.gguf' has another vocabulary and will not be used: \(difference)"])
    }

    @Test(arguments: ["small", "mute"])
    func buildingSaysNothingOfOneThatFitsOrCannotBeCompared(draft: String) throws {
        let log = EventLog()
        try fixture.build("FROM ./tiny.gguf\nDRAFT ./\(draft).gguf", events: log.handler)
        #expect(log.warnings.isEmpty)
    }

    @Test func checkingFindsIt() throws {
        try fixture.build("FROM ./tiny.gguf", as: "stored")
        for base in ["./tiny.gguf", "stored"] {
            for (draft, wanted) in [("foreign", difference), ("small", nil), ("mute", nil)] {
                let tree = ModelfileSyntaxTree(parsing: Array("FROM \(base)\nDRAFT ./\(draft).gguf\n".utf8))
                let facts = SourceInspector(folder: fixture.path, store: fixture.store).facts(for: tree)
                guard case .path(let traits) = facts["./\(draft).gguf"] else {
                    Issue.record("\(draft) was not found")
                    continue
                }
                #expect(traits.foreignVocabulary == wanted)
            }
        }
    }
}
