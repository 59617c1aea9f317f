import JSONText
import Linting
import ModelfileLanguageServer
import Testing

/// Hovers, edits and everything else that is asked about an open text.
@Suite struct FeatureTests {
    private func hover(
        _ text: String, _ line: Int, _ character: Int, _ adjust: (inout EditorEnvironment) -> Void = { _ in }
    ) -> String {
        var session = EditorSession(adjust)
        session.open(text)
        return session.ask("hover", at: line, character)["contents"]?["value"]?.string ?? "nothing"
    }

    // MARK: Hover

    @Test func `instructions and parameters explain themselves`() {
        #expect(hover("FROM x\nPARAMETER temperature 1\n", 1, 3).contains("an option of the runner"))
        let parameter = hover("FROM x\nPARAMETER temperature 1\n", 1, 12)
        #expect(parameter.contains("how freely tokens are chosen") && parameter.contains("a number, default 0.8"))
        #expect(hover("FROM x\nPARAMETER mirostat 1\n", 1, 12).contains("no effect"))
        #expect(hover("FROM x\n\n", 1, 0) == "nothing")
    }

    @Test func `a template shows the prompt of a sample conversation`() {
        let text =
            "FROM x\nSYSTEM Be brief.\nTEMPLATE \"\"\"{{ range .Messages }}<{{ .Role }}>{{ .Content }}{{ end }}<assistant>\"\"\"\n"
        let prompt =
            "<system>Be brief.<user>Why is the sky blue?<assistant>Air scatters blue light most.<user>And at sunset?<assistant>"
        #expect(hover(text, 2, 3).contains(prompt) && hover(text, 2, 15).contains(prompt))
        let field = hover(text, 2, 40)
        #expect(field.contains("of a message: its text") || field.contains("of a message: system"))
        #expect(hover("FROM x\nTEMPLATE {{ .Prompt }\n", 1, 3).contains("does not run"))
        #expect(hover("FROM x\nMESSAGE user Hi\nTEMPLATE {{ .Prompt }}!\n", 2, 1).contains("Hi!"))
        #expect(hover("FROM x\nTEMPLATE \"\"\"{{ range .Messages }}```{{ end }}\"\"\"\n", 1, 1).contains("````text"))
    }

    @Test func `sources say what they are`() {
        let facts: (inout EditorEnvironment) -> Void = { environment in
            environment.facts = { _, _ in SourceFacts(["./m.gguf": .path(ModelTraits(trainedContext: 8192)), "x": .remote]) }
        }
        #expect(hover("FROM ./m.gguf\n", 0, 8, facts).contains("8192"))
        #expect(hover("FROM x\n", 0, 5, facts).contains("would be downloaded"))
    }

    @Test func `names show their values`() {
        let text = "# syntax=quern/1\nARG SIZE=3b\nFROM llama:${SIZE}\n"
        #expect(hover(text, 2, 14).contains("`3b`"))
        var session = EditorSession()
        session.open(text)
        let hints = session.ask("inlayHint", ["range": EditorSession.range((0, 0), (9, 0))])
        #expect(hints[0]?["label"] == "= 3b" && hints[0]?["position"] == EditorSession.place(2, 18))
    }

    // MARK: Edits

    @Test func `formatting is that of fmt, in one edit of whole lines`() {
        let text = "from x\n\n\n# \u{1F600}\nparameter   temperature 1\nSYSTEM ok\n"
        var session = EditorSession()
        session.open(text)
        let edits = session.ask("formatting", ["options": ["tabSize": 4, "insertSpaces": true]])
        #expect(EditorSession.applying(edits, to: text) == "FROM x\n\n# \u{1F600}\nPARAMETER temperature 1\nSYSTEM ok\n")
        session.change(["text": "FRM x\n"])
        #expect(session.ask("formatting") == [])
        session.change(["text": "FROM x\r\nSYSTEM  a\r\n"])
        #expect(EditorSession.applying(session.ask("formatting"), to: "FROM x\r\nSYSTEM  a\r\n") == "FROM x\nSYSTEM a\n")
    }

    @Test func `fix-its are actions`() throws {
        let text = "FROM llama3.2\nPARAMETER temprature 0.7\nPARAMETR top_k 3\n"
        var session = EditorSession()
        session.open(text)
        let line: JSONObject = ["range": EditorSession.range((1, 12), (1, 12)), "context": ["diagnostics": []]]
        let action = try #require(session.ask("codeAction", line)[0])
        #expect(action["kind"] == "quickfix" && action["isPreferred"] == true && action["diagnostics"]?[0]?["code"] == "QM0021")
        let edits = action["edit"]?["changes"]?[EditorSession.uri]
        #expect(EditorSession.applying(edits, to: text).contains("PARAMETER temperature 0.7"))

        let all: JSONObject = [
            "range": EditorSession.range((0, 0), (0, 0)), "context": ["diagnostics": [], "only": ["source.fixAll"]],
        ]
        let fixes = session.ask("codeAction", all)
        #expect(fixes.array?.count == 1 && fixes[0]?["kind"] == "source.fixAll.quern")
        let fixed = EditorSession.applying(fixes[0]?["edit"]?["changes"]?[EditorSession.uri], to: text)
        #expect(fixed == "FROM llama3.2\nPARAMETER temperature 0.7\nPARAMETER top_k 3\n")
        let other: JSONObject = [
            "range": EditorSession.range((0, 0), (9, 0)), "context": ["diagnostics": [], "only": ["refactor"]],
        ]
        #expect(session.ask("codeAction", other) == [])
    }

    @Test(arguments: ["# a Modelfile\n", "# syntax=quern/1\n"])
    func `a warning can be silenced where it stands`(first: String) throws {
        let text = first + "FROM llama3.2\nPARAMETER mirostat 1\n"
        var session = EditorSession()
        session.open(text)
        let id = try #require(session.codes().first)
        let actions = session.ask("codeAction", ["range": EditorSession.range((2, 0), (2, 20)), "context": [:]])
        let silence = try #require(actions.array?.last)
        let quiet = EditorSession.applying(silence["edit"]?["changes"]?[EditorSession.uri], to: text)
        #expect(quiet == first + "FROM llama3.2\n# quern: ignore \(id)\nPARAMETER mirostat 1\n")
        session.change(["text": .string(quiet)])
        #expect(session.codes() == [])
    }

    // MARK: Names

    private static let program =
        "# syntax=quern/1\nARG SIZE=3b\nINCLUDE part.modelfile\nFROM llama:${SIZE} AS base\nFROM base AS \u{1F600}\nSYSTEM $${SIZE} ${SIZE}\n"
    private static let part = "ARG SIZE=1b\nSYSTEM I have ${SIZE}\n"
    private static let partURI = "file:///work/part.modelfile"

    @Test func `a name is found and renamed in all files of its program`() {
        var session = EditorSession(files: ["part.modelfile": Self.part])
        session.open(Self.program)
        #expect(session.ask("prepareRename", at: 3, 15)["placeholder"] == "SIZE")
        #expect(session.ask("prepareRename", at: 4, 6) == JSONValue.null)
        let changes = session.ask("rename", at: 3, 15, ["newName": "WEIGHT"])["changes"]
        #expect(
            EditorSession.applying(changes?[EditorSession.uri], to: Self.program)
                == "# syntax=quern/1\nARG WEIGHT=3b\nINCLUDE part.modelfile\nFROM llama:${WEIGHT} AS base\nFROM base AS \u{1F600}\nSYSTEM $${SIZE} ${WEIGHT}\n"
        )
        #expect(EditorSession.applying(changes?[Self.partURI], to: Self.part) == "ARG WEIGHT=1b\nSYSTEM I have ${WEIGHT}\n")
        #expect(session.ask("references", at: 1, 5, ["context": ["includeDeclaration": true]]).array?.count == 5)

        // From the part, too.
        session.open(Self.part, uri: Self.partURI)
        let again = session.ask("rename", at: 1, 17, ["newName": "WEIGHT"], uri: Self.partURI)["changes"]
        #expect(again == changes)
    }

    @Test(arguments: ["", "2b", "a b", "a-b", "OTHER"]) func `names that cannot be are refused`(name: String) {
        var session = EditorSession()
        session.open("# syntax=quern/1\nARG SIZE=3b\nARG OTHER=1\nFROM x:${SIZE}${OTHER}\n")
        let answer = session.request(
            "textDocument/rename",
            ["textDocument": ["uri": .string(EditorSession.uri)], "position": EditorSession.place(1, 5), "newName": .string(name)])
        #expect(answer["error"]?["code"]?.int == -32803)
    }

    @Test func `definitions are ARG lines, files and targets`() {
        var session = EditorSession(files: ["part.modelfile": Self.part, "t.gotmpl": "{{ .Prompt }}"])
        session.open(Self.program + "TEMPLATE @t.gotmpl\n")
        #expect(session.ask("definition", at: 3, 14)[0]?["range"] == EditorSession.range((1, 4), (1, 8)))
        #expect(session.ask("definition", at: 2, 12)["uri"]?.string == Self.partURI)
        #expect(session.ask("definition", at: 6, 12)["uri"] == "file:///work/t.gotmpl")
        #expect(session.ask("definition", at: 4, 6)["range"] == EditorSession.range((3, 22), (3, 26)))
        let links = session.ask("documentLink")
        #expect(links.array?.map { $0["target"]?.string } == [Self.partURI, "file:///work/t.gotmpl"])
        #expect(links[0]?["range"] == EditorSession.range((2, 8), (2, 22)))
    }

    // MARK: Structure

    @Test func `semantic tokens come in order, in single lines, without overlap`() throws {
        var session = EditorSession()
        let text =
            "# syntax=quern/1\nARG A=1\nFROM x:${A}\nPARAMETER top_k 3\nTEMPLATE \"\"\"{{ if .System }}a\n\u{1F600}b{{ end }}\"\"\"\nSYSTEM <<E\none\ntwo\nE\n"
        session.open(text)
        let data = try #require(session.ask("semanticTokens/full")["data"]?.array?.map { $0.int ?? -1 })
        #expect(data.count % 5 == 0 && data.allSatisfy { $0 >= 0 })
        let legend = [
            "keyword", "property", "enumMember", "string", "number", "comment", "variable", "function", "class", "operator",
        ]
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf16) }
        var (line, character, end) = (0, 0, 0)
        var words: [String] = []
        for start in stride(from: 0, to: data.count, by: 5) {
            if data[start] > 0 { (character, end) = (0, 0) }
            line += data[start]
            character += data[start + 1]
            #expect(character >= end)
            end = character + data[start + 2]
            try #require(line < lines.count && end <= lines[line].count && data[start + 2] > 0)
            words.append("\(legend[data[start + 3]]) \(String(decoding: lines[line][character..<end], as: UTF16.self))")
        }
        #expect(words.contains("variable A") && words.contains("variable ${A}") && words.contains("class x:"))
        #expect(words.contains("keyword if") && words.contains("property .System") && words.contains("string \u{1F600}b"))
        #expect(words.contains("number 3") && words.contains("string two") && words.first == "comment # syntax=quern/1")
    }

    @Test func `symbols, foldings and hints`() {
        var session = EditorSession()
        session.open(
            "FROM x\n# a\n# b\nPARAMETER top_k 40\nPARAMETER temperature 0.70\nTEMPLATE \"\"\"{{ range .Messages }}\nx\n{{ end }}\n\"\"\"\n"
        )
        let symbols = session.ask("documentSymbol")
        #expect(
            symbols.array?.compactMap { $0["name"]?.string } == ["FROM", "PARAMETER top_k", "PARAMETER temperature", "TEMPLATE"])
        #expect(symbols[0]?["detail"] == "x")
        let folds = session.ask("foldingRange").array?.map { [$0["startLine"]?.int, $0["endLine"]?.int] }
        #expect(folds == [[5, 8], [1, 2], [5, 6]])
        let hints = session.ask("inlayHint", ["range": EditorSession.range((0, 0), (5, 0))]).array?.map { $0["label"]?.string }
        #expect(hints == ["the default", "= 0.7, default 0.8"])
        session.change(["text": "# syntax=quern/1\nFROM x AS a\nSYSTEM 1\nFROM a AS b\n"])
        let targets = session.ask("documentSymbol")
        #expect(targets.array?.count == 2 && targets[0]?["children"]?.array?.count == 2)
    }

    @Test func `lenses run tests`() throws {
        let started = Counter()
        var session = EditorSession(files: [
            "Modelfile.test.yaml": "tests:\n  - name: a (b)\n    prompt: x\n    expect: {contains: y}\n"
        ]) { environment in
            environment.startTests = { path, filter in
                if path == "/work/Modelfile", filter == nil { started.increment() }
                if let filter, let pattern = try? Regex(filter), (try? pattern.wholeMatch(in: "a (b)")) != nil {
                    started.increment()
                }
            }
        }
        session.open("FROM x\n")
        let lenses = session.ask("codeLens")
        #expect(lenses.array?.compactMap { $0["command"]?["title"]?.string } == ["run 1 test", "run 'a (b)'"])
        for lens in lenses.array ?? [] {
            let command = try #require(lens["command"]?.object)
            #expect(session.request("workspace/executeCommand", .object(command))["result"] == JSONValue.null)
        }
        #expect(started.value == 2)
        session.open("tests:\n  - name: a\n    prompt: x\n    expect: {contains: y}\n", uri: "file:///work/Modelfile.test.yaml")
        #expect(session.ask("codeLens", uri: "file:///work/Modelfile.test.yaml").array?.count == 2)
        #expect(session.ask("codeLens").array?.count == 2)
    }

    /// What somebody types between two states of a text is no Modelfile: nothing may fail there.
    @Test func `every feature answers on every beginning of a text`() {
        var session = EditorSession(files: ["part.modelfile": Self.part])
        let whole =
            Self.program
            + "TEMPLATE \"\"\"{{ range $m := .Messages }}{{ if eq .Role \"user\" }}{{ $m.Content }}{{ else if .Tools }}x{{ end }}{{ end }}\"\"\"\nPARAMETER stop \"<|end|>\"\nMESSAGE user \"\u{1F600}\n\"\n"
        session.open("")
        let scalars = Array(whole.unicodeScalars)
        for count in stride(from: 0, through: scalars.count, by: 3) {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[..<count])
            session.change(["text": .string(text)])
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let (line, character) = (lines.count - 1, lines.last?.utf16.count ?? 0)
            for method in ["completion", "hover", "definition", "references", "documentHighlight", "prepareRename"] {
                _ = session.ask(method, at: line, character)
            }
            for method in ["semanticTokens/full", "foldingRange", "documentSymbol", "documentLink", "formatting", "codeLens"] {
                #expect(session.ask(method).isNull == false, "\(method) of \(count) characters")
            }
            let everything: JSONObject = ["range": EditorSession.range((0, 0), (99, 0)), "context": [:]]
            #expect(session.ask("codeAction", everything).array != nil && session.ask("inlayHint", everything).array != nil)
        }
    }
}
