import GoTemplate
import JSONText
import Linting
import ModelfileLanguageServer
import ModelfileSyntax
import Testing

/// What could be written at a place, marked with `|`.
@Suite struct CompletionTests {
    private func session() -> EditorSession {
        EditorSession { environment in
            environment.models = { ["llama3.2:3b", "mistral"] }
            environment.entries = { folder in
                switch folder {
                case "/work/", "/work":
                    [
                        .init("model.gguf"), .init("weights", isFolder: true), .init("house.modelfile"),
                        .init(".git", isFolder: true),
                    ]
                case "/work/weights/": [.init("big.gguf"), .init("notes.txt")]
                default: []
                }
            }
        }
    }

    /// The text with the item called `label` written, and the labels there are.
    private func complete(_ marked: String, _ label: String? = nil) -> (labels: [String], written: String?) {
        var session = session()
        let cursor = marked.firstIndex(of: "|") ?? marked.endIndex
        let before = marked[..<cursor]
        let text = before + marked[cursor...].dropFirst()
        session.open(String(text))
        let line = before.utf8.count { $0 == 0x0A }
        let character = before.split(separator: "\n", omittingEmptySubsequences: false).last?.utf16.count ?? 0
        let items = session.ask("completion", at: line, character).array ?? []
        let item = items.first { $0["label"]?.string == label }
        let written = item.map { EditorSession.applying([$0["textEdit"] ?? JSONValue.null], to: String(text)) }
        return (items.compactMap { $0["label"]?.string }, written)
    }

    @Test func `instructions at the beginning of a line`() {
        let (labels, written) = complete("FROM x\npar|\n", "PARAMETER")
        #expect(labels.count == ModelfileDialect.plain.instructions.count && labels.last == "FROM")
        #expect(written == "FROM x\nPARAMETER \n")
        #expect(complete("|").labels.first == "FROM")
        #expect(complete("# syntax=quern/1\n|").labels.contains("INCLUDE") && !labels.contains("INCLUDE"))
    }

    @Test func `parameters with type and default, and their values`() {
        let (labels, written) = complete("FROM x\nPARAMETER temp|\n", "temperature")
        #expect(labels.contains("num_ctx") && written == "FROM x\nPARAMETER temperature \n")
        #expect(complete("PARAMETER use_mmap |").labels == ["true", "false"])
        #expect(complete("PARAMETER temperature |").labels == ["0.8"])
        let stops = complete("TEMPLATE <|user|>{{ .Prompt }}<|end|>\nPARAMETER stop |", "<|end|>")
        #expect(
            stops.labels == ["<|user|>", "<|end|>"] && stops.written?.hasSuffix("PARAMETER stop \"<|end|>\"") == true
                || stops.labels.isEmpty)
        #expect(complete("MESSAGE |").labels == ["system", "user", "assistant"])
    }

    @Test func `files and installed models`() {
        let (labels, written) = complete("FROM |", "model.gguf")
        #expect(labels == ["model.gguf", "weights/", "llama3.2:3b", "mistral"] && written == "FROM ./model.gguf")
        #expect(complete("FROM ./weights/|", "big.gguf").written == "FROM ./weights/big.gguf")
        #expect(complete("ADAPTER mo|").labels == ["model.gguf", "weights/"])
        #expect(complete("# syntax=quern/1\nINCLUDE h|", "house.modelfile").written == "# syntax=quern/1\nINCLUDE house.modelfile")
        #expect(
            complete("# syntax=quern/1\nTEMPLATE @ho|", "house.modelfile").written == "# syntax=quern/1\nTEMPLATE @house.modelfile")
        #expect(complete("# syntax=quern/1\nFROM a AS small\nFROM |").labels.first == "small")
    }

    @Test func `words of a template, in its actions only`() {
        let (labels, written) = complete("FROM x\nTEMPLATE \"\"\"{{ if .Sy| }}{{ end }}\"\"\"\n", ".System")
        #expect(labels.contains(".Messages") && written == "FROM x\nTEMPLATE \"\"\"{{ if .System }}{{ end }}\"\"\"\n")
        #expect(complete("TEMPLATE \"\"\"{{ ra|").labels.contains("range"))
        #expect(
            complete("TEMPLATE \"\"\"{{ range $i, $m := .Messages }}{{ $|m.Role }}{{ end }}\"\"\"").labels == ["$", "$i", "$m"])
        #expect(!complete("TEMPLATE \"\"\"{{ $m.| }}\"\"\"").labels.contains(".Messages"))
        #expect(complete("TEMPLATE \"\"\"{{ .Prompt }} te|xt\"\"\"").labels.isEmpty)
        #expect(complete("SYSTEM \"\"\"\nPAR|\n\"\"\"").labels.isEmpty)
    }

    @Test func `names of the superset, and comments`() {
        #expect(
            complete("# syntax=quern/1\nARG SIZE=3b\nFROM llama:${S|", "SIZE").written
                == "# syntax=quern/1\nARG SIZE=3b\nFROM llama:${SIZE")
        #expect(complete("#|").labels.contains(ModelfileDialect.syntaxLine))
        #expect(complete("FROM x\n# quern: ignore QM|", "QM0031").written == "FROM x\n# quern: ignore QM0031")
    }

    /// Whatever a template can call or be given has its line of documentation, and nothing else has.
    @Test func `the vocabulary is the template engine's`() {
        let offered = Set(complete("TEMPLATE \"\"\"{{ |").labels)
        let functions = TemplateFunctions.ollama(today: { 0 }).byName.keys
        #expect(functions.allSatisfy(offered.contains), "\(functions.filter { !offered.contains($0) })")
        var session = EditorSession()
        for label in complete("TEMPLATE \"\"\"{{ .|").labels {
            session.open("FROM x\nTEMPLATE \"\"\"{{ range .Messages }}{{ \(label) }}{{ end }}{{ .Response }}\"\"\"\n")
            #expect(!session.codes().contains("QM0041"), "\(label)")
        }
    }
}
