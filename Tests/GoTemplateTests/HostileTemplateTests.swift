import GoTemplate
import Testing

/// Templates that want more than they are given: each must end in an error, soon.
@Suite("hostile templates")
struct HostileTemplateTests {
    static let limits = TemplateLimits(nesting: 50, steps: 200_000, outputBytes: 1 << 20, depth: 100)

    func failure(_ source: String, _ data: TemplateValue = [:]) throws -> TemplateError? {
        do {
            _ = try ParsedTemplate(source, limits: Self.limits).renderBytes(data)
            return nil
        } catch { return error }
    }

    func expectLimit(_ source: String, _ data: TemplateValue = [:], says text: String) throws {
        let error = try #require(try failure(source, data))
        guard case .limit(let fault) = error else {
            Issue.record("\(source.prefix(60)): \(error)")
            return
        }
        #expect(fault.problem.contains(text), "\(fault.problem)")
    }

    func expectSyntax(_ source: String, says text: String) throws {
        let error = try #require(try failure(source))
        guard case .syntax(let fault) = error else {
            Issue.record("\(source.prefix(60)): \(error)")
            return
        }
        #expect(fault.problem == text)
    }

    @Test func `a template that invokes itself stops at the depth limit`() throws {
        try expectLimit(
            #"{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}"#, says: "exceeded maximum template depth (100)")
    }

    @Test func `two templates that invoke each other stop at the depth limit`() throws {
        try expectLimit(
            #"{{define "a"}}{{template "b"}}{{end}}{{define "b"}}{{template "a"}}{{end}}{{template "a"}}"#,
            says: "maximum template depth")
    }

    @Test func `a template that branches twice at every level runs out of steps`() throws {
        let source =
            #"{{define "a"}}{{if .}}{{template "a" (slice . 1)}}{{template "a" (slice . 1)}}{{end}}{{end}}{{template "a" .}}"#
        try expectLimit(source, .text(String(repeating: "x", count: 40)), says: "steps")
    }

    @Test(arguments: [
        "{{range 9223372036854775807}}{{end}}", "{{range 1000000000}}x{{end}}", "{{range 4000000}}{{range 4000000}}{{end}}{{end}}",
    ])
    func `a range over a giant number runs out of steps`(_ source: String) throws { try expectLimit(source, says: "steps") }

    @Test func `widths beyond Go's are refused as Go refuses them`() throws {
        let text = try ParsedTemplate(#"{{printf "%99999999d" 1}}"#).render([:])
        #expect(text == "%!(NOVERB)%!(EXTRA int=1)")
    }

    @Test(arguments: [
        #"{{printf "%9000000d" 1}}"#, #"{{printf "%.9000000f" 1.0}}"#, #"{{printf "%*s" 1000000 "x"}}{{printf "%*s" 1000000 "x"}}"#,
    ])
    func `wide output meets the output limit`(_ source: String) throws {
        let error = try #require(try failure(source))
        #expect(error.fault.problem.contains("limit of 1048576 bytes"))
    }

    @Test func `text that doubles meets the limit`() throws {
        let source = #"{{$x := "0123456789"}}{{range 64}}{{$x = print $x $x}}{{end}}{{len $x}}"#
        try expectLimit(source, says: "more than 200000 steps")
    }

    @Test func `comparing and slicing long text costs steps`() throws {
        let long = TemplateValue.text(String(repeating: "ab", count: 400_000))
        try expectLimit(#"{{range 1000}}{{$y := slice $.x 1}}{{end}}"#, ["x": long], says: "steps")
        try expectLimit(#"{{range 1000}}{{$y := eq $.x (print $.x "")}}{{end}}"#, ["x": long], says: "steps")
    }

    @Test func `deep parentheses are a syntax error`() throws {
        let source = "{{" + String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000) + "}}"
        try expectSyntax(source, says: "max expression depth exceeded")
    }

    @Test(arguments: ["if", "with", "range"])
    func `deep blocks are a syntax error`(_ word: String) throws {
        let source = String(repeating: "{{\(word) .}}", count: 50_000) + String(repeating: "{{end}}", count: 50_000)
        try expectSyntax(source, says: "blocks nest deeper than 50")
    }

    @Test func `an endless chain of else-ifs is a syntax error`() throws {
        let source = "{{if .a}}" + String(repeating: "{{else if .a}}", count: 20_000) + "{{end}}"
        try expectSyntax(source, says: "more than 50 branches after one another")
    }

    @Test func `more variables than a template has use for are a syntax error`() throws {
        try expectSyntax(String(repeating: "{{$a := 1}}", count: 5000), says: "more than 1000 variables")
    }

    @Test func `too long a template is not read`() throws {
        #expect(throws: TemplateError.self) {
            _ = try ParsedTemplate(String(repeating: "x", count: 2000), limits: TemplateLimits(sourceBytes: 1000))
        }
    }

    @Test func `every prefix and every byte lost of a template parses or fails, and never traps`() throws {
        let source = #"""
            {{- /* c */ -}}{{define "x"}}{{$}}{{end}}{{range $i, $e := .l}}{{if and $i (eq $e 'a' 0x1F "s\n" `r`)}}{{printf "%[1]*.2f|%q" 3 1.5e3}}
            {{- else if not .n}}{{break}}{{end}}{{with index $.m "k" | json}}{{.}}{{end}}{{end}}{{template "x" (slice "héllo" 1 3)}}
            """#
        let bytes = Array(source.utf8)
        let data: TemplateValue = ["l": [1, "a"], "m": ["k": 1]]
        for cut in bytes.indices {
            _ = try? ParsedTemplate(String(decoding: bytes[..<cut], as: UTF8.self)).render(data)
            var without = bytes
            without.remove(at: cut)
            _ = try? ParsedTemplate(String(decoding: without, as: UTF8.self)).render(data)
        }
        #expect(try failure("{{.}}") == nil)
    }
}
