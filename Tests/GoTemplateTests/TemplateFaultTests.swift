import GoTemplate
import Testing

@Suite("where a template is wrong")
struct TemplateFaultTests {
    func fault(_ source: String, _ data: TemplateValue = [:]) -> TemplateFault? {
        do {
            _ = try ParsedTemplate(source, functions: .builtin).render(data)
            return nil
        } catch { return error.fault }
    }

    /// The part of the source that the fault points at.
    func marked(_ source: String, _ data: TemplateValue = [:]) -> String? {
        fault(source, data).map { String(decoding: Array(source.utf8)[$0.range], as: UTF8.self) }
    }

    @Test func `a fault points at the words that are wrong`() {
        #expect(marked("ab {{ .x | nofunc }}") == "nofunc")
        #expect(marked("{{ $y }}") == "$y")
        #expect(marked("é {{ .s.length }}", ["s": "x"]) == ".s.length")
        #expect(marked("{{ if lt 1 .s }}x{{ end }}", ["s": "x"]) == "lt 1 .s")
        #expect(marked(#"{{ "a\q" }}"#) == #""a\q""#)
        #expect(marked("{{ break }}") == "break")
    }

    @Test func `line and column count from one, columns in scalars`() throws {
        let found = fault("line\né日 {{ .s.x }}", ["s": "x"])
        let fault = try #require(found)
        #expect(fault.line == 2)
        #expect(fault.column == 7)
        #expect(fault.text == #"template: :2:11: executing "" at <.s.x>: can't evaluate field x in type interface {}"#)
    }

    @Test func `syntax errors say what kind they are`() {
        #expect(throws: TemplateError.self) { try ParsedTemplate("{{ end }}") }
        #expect(fault("{{ 1+2i }}")?.problem == "complex numbers are not supported: 1+2i")
    }
}
