import GoTemplate
import Testing

@Suite("what a template mentions")
struct AnalysisTests {
    @Test func `identifiers come in the order of the text with their ranges`() throws {
        let source = #"{{ range $i, $m := .Messages }}{{ $m.Content }}{{ (index .Tools 0).Name }}{{ end }}"#
        let template = try ParsedTemplate(source)
        #expect(template.identifiers.map(\.name) == ["Messages", "$m", "Content", "Tools", "Name"])
        let bytes = Array(source.utf8)
        for identifier in template.identifiers {
            #expect(String(decoding: bytes[identifier.range], as: UTF8.self) == identifier.name)
        }
        #expect(template.calledFunctions.map(\.name) == ["index"])
    }

    @Test func `mentions do not care for case, count variables' fields, and leave out parentheses' fields`() throws {
        let template = try ParsedTemplate("{{ .messages }}{{ $.System }}{{ (print 1).Tools }}{{ if .Suffix }}{{ end }}")
        for name in ["Messages", "messages", "system", "suffix"] { #expect(template.mentions(name)) }
        for name in ["tools", "response"] { #expect(!template.mentions(name)) }
    }

    @Test func `mentions reach into defined templates and nested parentheses`() throws {
        #expect(try ParsedTemplate(#"{{ define "x" }}{{ .Thinking }}{{ end }}"#).mentions("thinking"))
        #expect(try ParsedTemplate("{{ print (print (print .Think)) }}").mentions("think"))
    }

    @Test func `a field can be appended`() throws {
        #expect(try ParsedTemplate("a").appendingField("R").render(["R": "b"]) == "ab")
    }

    @Test(arguments: [
        ("{{ .P }} {{ .R }} tail", "p r"), ("{{ if .P }}[{{ .R }}]x{{ else }}y{{ end }}z", "[r"),
        ("{{ if .R }}a{{ end }}{{ .R }}b", "ar"), (#"{{ printf "%s!" .R }}b"#, "r!"), ("no field", "no field"),
    ])
    func `cutting keeps everything up to the first action with the field`(_ source: String, _ expected: String) throws {
        #expect(try ParsedTemplate(source).cutAfterField("R").render(["P": "p", "R": "r"]) == expected)
    }
}
