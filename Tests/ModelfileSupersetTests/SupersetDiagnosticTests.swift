import Diagnostics
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax
import Testing

/// What is said about files in the superset, and where.
@Suite struct SupersetDiagnosticTests {
    @Test(arguments: [
        ("ARG SIZE=1\nFROM x:${SIZ}\n", ["models/Modelfile:3: no ARG above defines 'SIZ', did you mean 'SIZE'?"]),
        ("FROM x:${a}\nARG a=1\n", ["models/Modelfile:2: no ARG above defines 'a'"]),
        ("FROM x\nSYSTEM ${a:-b} ${1} $ {x}\n", ["models/Modelfile:3: '${a:-b}' is not ${NAME}"]),
        ("ARG a\nFROM ${a}\n", ["models/Modelfile:2: ARG a has no value"]),
        (
            "ARG a b\nARG 1=2\nFROM x\n",
            ["models/Modelfile:2: ARG wants NAME or NAME=default", "models/Modelfile:3: ARG wants NAME or NAME=default"]
        ),
        ("ARG a=1\nARG a=2\nFROM x\n", ["models/Modelfile:3: 'a' has its value already"]),
        ("INCLUDE gone\nFROM x\n", ["models/Modelfile:2: there is no file 'models/gone'"]),
        (
            "INCLUDE ../up\nTEMPLATE @/etc/passwd\nINCLUDE a/../../b\nFROM x\n",
            [
                "models/Modelfile:2: '../up' lies outside of the Modelfile's folder",
                "models/Modelfile:3: '/etc/passwd' lies outside of the Modelfile's folder",
                "models/Modelfile:4: 'a/../../b' lies outside of the Modelfile's folder",
            ]
        ),
        ("INCLUDE a\\b\nFROM x\n", ["models/Modelfile:2: 'a\\b': a path is written with /"]),
        ("INCLUDE circle\nFROM x\n", ["models/round:1: 'circle' includes itself"]),
        ("FROM b AS a\nFROM x AS b\n", ["models/Modelfile:2: target 'b' stands further down; a target builds on one above it"]),
        ("FROM x AS a\nFROM y AS a\n", ["models/Modelfile:3: there is a target 'a' already"]),
        ("FROM x AS a/b\n", ["models/Modelfile:2: a target's name is made of letters, digits, '-', '_' and '.', not 'a/b'"]),
        (
            "FROM x\nSYSTEM <<END\ntext\nPARAMETER seed 1\n",
            ["models/Modelfile:3: this text is never closed: no line below is 'END' and nothing else"]
        ),
        (
            "FROM x\n# syntax=quern/1\nSYSTEM hi\n",
            ["models/Modelfile:3: the syntax line has an effect only as the first line of its file"]
        ),
        ("FROM x AS x\n", []),
        ("INCLUDE bad\nFROM x\n", ["models/bad:2: unknown instruction 'PARAMETR', did you mean 'PARAMETER'?"]),
    ])
    func `mistakes are told where they were made`(text: String, messages: [String]) {
        let files = ["circle": "INCLUDE round\n", "round": "INCLUDE circle\n", "bad": "\nPARAMETR seed 1\n"]
        #expect(TestProgram(text, files).messages == messages)
    }

    @Test func `chains of files have an end`() {
        let files = Dictionary(uniqueKeysWithValues: (0..<40).map { ("f\($0)", "INCLUDE f\($0 + 1)\n") })
        #expect(TestProgram("INCLUDE f0\nFROM x\n", files).messages == ["models/f14:1: more than 16 files deep are included here"])
        // Twice two files, thirty deep, are a thousand million.
        let doubled = Dictionary(uniqueKeysWithValues: (0..<14).map { ("g\($0)", "INCLUDE g\($0 + 1)\nINCLUDE g\($0 + 1)\n") })
        let many = TestProgram("INCLUDE g0\nFROM x\n", doubled.merging(["g14": "LICENSE x\n"]) { $1 })
        #expect(many.messages.contains { $0.hasSuffix("more than 1000 files are included here") })
    }

    @Test func `names in names do not grow without end`() {
        let lines = (1..<40).map { "ARG A\($0)=${A\($0 - 1)}${A\($0 - 1)}\n" }.joined()
        let test = TestProgram("ARG A0=xxxxxxxx\n" + lines + "FROM x\nSYSTEM ${A39}\n")
        #expect(test.messages.contains { $0.contains("longer than") })
    }

    @Test func `where nobody builds, a value may be missing`() throws {
        let test = TestProgram("ARG SIZE\nFROM x:${SIZE}\nPARAMETER num_ctx ${SIZE}\n", isComplete: false)
        #expect(test.messages.isEmpty)
        let compiled = try test.program.compile()
        let made = BuildPlan.make(from: compiled.tree).diagnostics
        #expect(made.map(\.rule) == [.invalidParameterValue] && made.compactMap(compiled.original).isEmpty)
    }

    @Test func `what is wrong with a value points at the name, and at what gave it`() throws {
        let test = TestProgram("ARG HEAT=warm\nFROM x\nPARAMETER temperature ${HEAT}\n")
        let compiled = try test.program.compile()
        let found = BuildPlan.make(from: compiled.tree).diagnostics.compactMap(compiled.original)
        let first = try #require(found.first)
        let source = test.program.files[0].source
        #expect(found.count == 1 && source.text(in: first.diagnostic.range) == "${HEAT}")
        #expect(first.diagnostic.notes.map(\.message) == ["HEAT is 'warm'"])
        #expect(first.diagnostic.notes.first?.range.map { source.text(in: $0) } == "HEAT")
    }

    @Test func `what is wrong in an included file says how it came there`() throws {
        let test = TestProgram("INCLUDE a\nFROM x\n", ["a": "INCLUDE b/c\n", "b/c": "# x\nPARAMETER temprature 1\n"])
        let compiled = try test.program.compile()
        let texts = test.program.gathered(BuildPlan.make(from: compiled.tree).diagnostics.compactMap(compiled.original))
        #expect(texts.map(\.source.name) == ["models/Modelfile", "models/b/c"])
        let diagnostic = try #require(texts.last?.diagnostics.first)
        #expect(texts[1].source.text(in: diagnostic.range) == "temprature")
        #expect(diagnostic.fixIts == [.replace(diagnostic.range, with: "temperature")])
        #expect(
            diagnostic.notes.map { "\($0.source?.name ?? "") \($0.message)" } == [
                "models/a included here", "models/Modelfile included here",
            ])
        let shown = TerminalRenderer().render(diagnostic, in: texts[1].source)
        #expect(shown.contains("models/a:1:9: note: included here\n 1 | INCLUDE b/c\n   |         ^^^\n"))
    }

    @Test func `mistakes in a template's file are told there`() throws {
        let test = TestProgram("FROM x\nTEMPLATE @t\n", ["t": "one\n{{ .Prompt }"])
        let compiled = try test.program.compile()
        let range = try #require(compiled.tree.source.text.firstRange(of: ".Prompt")).lowerBound
        let offset = compiled.tree.source.text.utf8.distance(from: compiled.tree.source.text.startIndex, to: range)
        let moved = try #require(compiled.original(Diagnostic(.invalidTemplate, "x", at: offset..<offset + 7)))
        #expect(test.program.files[moved.file].path == "t" && moved.diagnostic.range == 7..<14)
    }

    @Test(arguments: [
        ("FROM x\nARG a=1\n", "# syntax=quern/1\nFROM x\nARG a=1\n"), ("INCLUDE x\n", "# syntax=quern/1\nINCLUDE x\n"),
        ("FROM x\nSYSTEM <<END\nhi\nEND\n", "# syntax=quern/1\nFROM x\nSYSTEM <<END\nhi\nEND\n"),
    ])
    func `a plain file that uses the superset is shown the way`(text: String, mended: String) {
        let tree = ModelfileSyntaxTree(parsing: SourceText(text))
        #expect(tree.diagnostics.containsErrors && tree.dialect == .plain)
        #expect(tree.source.applying(tree.diagnostics.compactMap(\.fixIts.first)) == mended)
    }

    @Test(arguments: [
        ("# syntax=quern/1", true), ("#syntax = quern/1  ", true), ("# syntax=docker/dockerfile:1", false), ("# syntax", false),
        ("", false),
    ])
    func `the first line chooses the language`(line: String, isSuperset: Bool) {
        let tree = ModelfileSyntaxTree(parsing: SourceText(line + "\nFROM x\n"))
        #expect((tree.dialect == .quern1) == isSuperset && tree.diagnostics.isEmpty)
    }
}
