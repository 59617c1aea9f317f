import Diagnostics
import JSONText
import Linting
import ModelfileLanguageServer
import ModelfileSuperset
import ModelfileSyntax
import Testing

/// Texts that change, and what is told about them.
@Suite struct DocumentTests {
    @Test func `diagnostics are those of the check`() throws {
        let text = "FROM llama3.2\nPARAMETER temprature 0.7\nTEMPLATE \"\"\"{{ .Promt }}{{ .Response }}\"\"\"\nSYSTEM x\n"
        var session = EditorSession()
        session.open(text)
        let program = ModelfileProgram(ModelfileSyntaxTree(parsing: SourceText(text)), files: .none)
        let wanted = try Linter().check(program) { _ in SourceFacts() }[0].diagnostics
        #expect(wanted.count >= 3)
        let told = try #require(session.diagnostics()?.array)
        #expect(told.map { $0["message"]?.string } == wanted.map(\.message))
        #expect(told.map { $0["code"]?.string } == wanted.map(\.id))
        #expect(told[0]["range"] == EditorSession.range((1, 10), (1, 20)) && told[0]["severity"] == 1)
        #expect(session.notices.last?.parameters["version"] == 1)
    }

    @Test func `ranges count UTF-16 units unless another way was agreed on`() {
        let text = "FROM llama3.2\nPARAMETER \u{1F600}\u{E9}temp 1\n"
        for (encoding, end) in [("utf-8", 20), ("utf-16", 17), ("utf-32", 16)] {
            var session = EditorSession(capabilities: ["general": ["positionEncodings": [.string(encoding)]]])
            session.open(text)
            #expect(session.diagnostics()?[0]?["range"] == EditorSession.range((1, 10), (1, end)), "\(encoding)")
        }
    }

    @Test func `changes are made one after the other`() {
        var session = EditorSession()
        session.open("FROM llama3.2\r\nPARAMETER temprature 0.7\r\n")
        #expect(session.codes() == ["QM0021"])
        session.change(
            ["range": EditorSession.range((1, 14), (1, 14)), "text": "e"],
            ["range": EditorSession.range((1, 0), (1, 0)), "text": "# \u{1F600}\n"],
            ["range": EditorSession.range((1, 4), (1, 4)), "text": "!"])
        #expect(session.codes() == [])
        #expect(session.notices.last?.parameters["version"] == 2)
        session.change(["text": "FROM llama3.2\nSYSTM x\n"])
        #expect(session.codes() == ["QM0010"])
        session.notify("textDocument/didClose", ["textDocument": ["uri": .string(EditorSession.uri)]])
        #expect(session.codes() == [])
    }

    /// Random edits, the text beside them made by plain string work.
    @Test func `incremental edits give the text that a whole one gives`() throws {
        var session = EditorSession()
        var text = "FROM a\n"
        session.open(text)
        var random = SystemRandomNumberGenerator()
        let pieces = ["", "\n", "\r\n", "\u{1F600}", "x", "SYSTEM \"", "\u{E9}", "PARAMETER top_k 3\n", "\r"]
        for _ in 0..<200 {
            let source = SourceText(text)
            let lines = source.lineCount
            func place() -> UTF16Position {
                let line = Int.random(in: 0..<lines, using: &random)
                let width = source.utf16Position(at: source.range(ofLine: line + 1).upperBound).character
                let character = Int.random(in: 0...width, using: &random)
                return source.utf16Position(at: source.offset(at: UTF16Position(line: line, character: character)))
            }
            let (first, second) = (place(), place())
            let offsets = (source.offset(at: first), source.offset(at: second))
            let (start, end) = offsets.0 <= offsets.1 ? (first, second) : (second, first)
            let piece = try #require(pieces.randomElement())
            session.change([
                "range": EditorSession.range((start.line, start.character), (end.line, end.character)), "text": .string(piece),
            ])
            let bytes = source.bytes[..<min(offsets.0, offsets.1)] + Array(piece.utf8) + source.bytes[max(offsets.0, offsets.1)...]
            text = String(decoding: bytes, as: UTF8.self)
        }
        let told = session.diagnostics()
        session.change(["text": .string(text)])
        #expect(session.diagnostics() == told)
        #expect(
            session.ask("documentSymbol")
                == {
                    var fresh = EditorSession(); fresh.open(text); return fresh.ask("documentSymbol")
                }())
    }

    @Test func `included files are told of under their own names`() {
        var session = EditorSession(files: [
            "parts/house.modelfile": "PARAMETER temprature 1\n", "t.gotmpl": "{{ .Promt }}{{ .Response }}",
        ])
        session.open("# syntax=quern/1\nFROM llama3.2\nINCLUDE parts/house.modelfile\nTEMPLATE @t.gotmpl\n")
        #expect(session.codes() == [])
        let part = "file:///work/parts/house.modelfile"
        #expect(session.codes(part) == ["QM0021"])
        #expect(session.diagnostics(part)?[0]?["relatedInformation"]?[0]?["location"]?["uri"]?.string == EditorSession.uri)
        #expect(session.codes("file:///work/t.gotmpl") == ["QM0041"])

        // An open part is judged as a part, and its unsaved text counts.
        session.open("PARAMETER temperature 1\nARG SIZE=3b\n", uri: part)
        #expect(session.codes(part) == [])
        session.change(["text": "PARAMETER temperature hot\n"], uri: part)
        #expect(session.codes(part) == ["QM0022"])
        session.notify("textDocument/didClose", ["textDocument": ["uri": .string(part)]])
        #expect(session.codes(part) == ["QM0021"])
        session.notify("textDocument/didClose", ["textDocument": ["uri": .string(EditorSession.uri)]])
        #expect(session.codes(part) == [])
    }

    @Test func `test files and project files are checked too`() {
        var session = EditorSession()
        session.open("tests:\n  - name: a\n    promt: x\n", uri: "file:///work/Modelfile.test.yaml")
        #expect(session.codes("file:///work/Modelfile.test.yaml").contains("QM0081"))
        session.open("rules:\n  QM0031: of\n", uri: "file:///work/.quern.yaml")
        #expect(session.codes("file:///work/.quern.yaml") == ["QM0082"])
        session.open("anything: [", uri: "file:///work/compose.yaml")
        #expect(session.codes("file:///work/compose.yaml") == [])
    }

    @Test func `the project's settings hold`() throws {
        let quiet = ProjectSettings.read(SourceText("rules:\n  QM0021: off\n")).settings
        var session = EditorSession { $0.settings = { path in path.contains("vendor") ? nil : quiet } }
        session.open("FROM llama3.2\nPARAMETER temprature 1\n")
        #expect(session.codes() == [])
        session.open("FRM x\n", uri: "file:///vendor/Modelfile")
        #expect(session.codes("file:///vendor/Modelfile") == [])
    }

    @Test func `the disk is asked again only after something was opened or saved`() {
        let count = Counter()
        var session = EditorSession { environment in
            environment.facts = { _, _ in
                count.increment()
                return SourceFacts()
            }
        }
        session.open("FROM ./a.gguf\n")
        for _ in 0..<5 { session.change(["text": "FROM ./a.gguf\nPARAMETER top_k 1\n"]) }
        #expect(count.value == 1)
        session.notify("textDocument/didSave", ["textDocument": ["uri": .string(EditorSession.uri)]])
        #expect(count.value == 2)
    }

    @Test func `names of files survive their URIs`() {
        var session = EditorSession(files: ["a b%.modelfile": "FRM\n"])
        session.open("# syntax=quern/1\nFROM x\nINCLUDE a b%.modelfile\n")
        #expect(session.codes("file:///work/a%20b%25.modelfile").isEmpty == false)
        #expect(session.ask("documentLink")[0]?["target"] == "file:///work/a%20b%25.modelfile")
        session.open("FROM llama3.2", uri: "untitled:Untitled-1")
        #expect(session.codes("untitled:Untitled-1") == [])
    }
}
