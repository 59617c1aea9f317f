import Diagnostics
import Testing
import YAMLText

@Suite struct YAMLDocumentTests {
    private func parse(_ text: String) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
        YAMLDocument.parse(SourceText(text, name: "x.yaml"))
    }

    @Test func `values keep their kinds and places`() throws {
        let text = "a: 'it''s' # c\nb: [1, true, ~]\nc:\n  d: \"x\\\"y\"\ne: |\n  one\n  two\n"
        let node = try #require(parse(text).node)
        let source = SourceText(text)
        #expect(node["a"]?.text == "it's")
        #expect(node["a"].map { source.text(in: $0.range) } == "'it''s'")
        let list = try #require(node["b"]?.elements)
        #expect(list[0].int == 1 && list[1].bool == true && list[2].isNull && list[0].bool == nil)
        #expect(node["c"]?["d"].map { source.text(in: $0.range) } == "\"x\\\"y\"")
        #expect(node["e"]?.text == "one\ntwo\n")
        #expect(node["gone"] == nil)
    }

    @Test func `a quoted number is a text, and yes is one too`() throws {
        let node = try #require(parse("a: \"1\"\nb: yes\nc: 1.5e3\nd: off\n").node)
        #expect(node["a"]?.int == nil && node["a"]?.text == "1")
        #expect(node["b"]?.bool == nil && node["c"]?.double == 1500 && node["d"]?.text == "off")
    }

    @Test(arguments: ["", "# nothing\n", "---\n"])
    func `an empty document has no members`(text: String) { #expect(parse(text).node?.members?.isEmpty ?? true) }

    @Test(arguments: [
        ("a: [1\n", 2), ("a: 1\n b: 2\n", 2), ("a: 1\na: 2\n", 1), ("a: &x 1\nb: *x\n", 1), ("- 1\n--- \n- 2\n", 2), ("a: @b\n", 1),
    ])
    func `what is no YAML is told once, with its line`(text: String, line: Int) throws {
        let (node, diagnostics) = parse(text)
        #expect(node == nil && diagnostics.map(\.rule) == [.invalidYAML])
        let first = try #require(diagnostics.first)
        #expect(SourceText(text).line(at: first.range.lowerBound) == line, "\(first.message)")
    }

    @Test func `depth and length have limits`() {
        #expect(parse("a: " + String(repeating: "[", count: 5000)).diagnostics.map(\.rule) == [.invalidYAML])
        let deep = "a: " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(parse(deep).diagnostics.first?.message == "values lie in one another more than 64 deep")
        #expect(parse(String(repeating: "#", count: YAMLDocument.byteLimit + 1)).node == nil)
    }
}

@Suite struct YAMLReaderTests {
    private func node(_ text: String) throws -> YAMLNode { try #require(YAMLDocument.parse(SourceText(text)).node) }

    @Test func `unknown keys are told with the nearest known one`() throws {
        var reader = YAMLReader()
        let members = reader.members(of: try node("rulse: 1\nignore: 2\nzzzzzz: 3\n"), known: ["rules", "ignore"], what: "a file")
        #expect(members.keys.sorted() == ["ignore"])
        #expect(
            reader.diagnostics.map(\.message) == [
                "a file has no key 'rulse', did you mean 'rules'?", "a file has no key 'zzzzzz', the keys are rules, ignore",
            ])
        #expect(reader.diagnostics.first?.fixIts == [.replace(0..<5, with: "rules")])
    }

    @Test func `wrong values name what was wanted`() throws {
        var reader = YAMLReader()
        let root = try node("a: x\nb: 5\nc: [1]\nd: ~\n")
        let (a, b, c, d) = (try #require(root["a"]), try #require(root["b"]), try #require(root["c"]), try #require(root["d"]))
        let read = (reader.bool(a, "strict"), reader.int(b, "limit", in: 6...9), reader.string(c, "name"))
        #expect(read.0 == nil && read.1 == nil && read.2 == nil)
        let lists = [reader.strings(a, "list"), reader.strings(d, "list")]
        #expect(lists == [["x"], []])
        #expect(
            reader.diagnostics.map(\.message) == [
                "strict: 'x' is not true or false", "limit: '5' is not a whole number from 6 to 9", "name: a list is not a text",
            ])
    }
}
