import GoTemplate
import JSONText
import Testing

@Suite("Ollama's functions and values")
struct OllamaFunctionTests {
    func render(_ source: String, _ data: TemplateValue = [:], day: Int = 0) throws -> String {
        try ParsedTemplate(source, functions: .ollama(today: { day })).render(data)
    }

    @Test(arguments: [
        (0, "1970-01-01", "1969-12-31"), (20_686, "2026-08-21", "2026-08-20"), (19_782, "2024-02-29", "2024-02-28"),
        (11_017, "2000-03-01", "2000-02-29"), (-719_468, "0000-03-01", "0000-02-29"),
    ])
    func `dates are the caller's day and the one before`(_ day: Int, _ today: String, _ yesterday: String) throws {
        #expect(try render("{{ currentDate }}|{{ yesterdayDate }}", day: day) == "\(today)|\(yesterday)")
        #expect(try render(#"{{ currentDate "02 Jan" }}"#, day: day) == today)
    }

    @Test func `json escapes markup and sorts a map's keys`() throws {
        let data = TemplateValue(try JSONValue(parsing: #"{"v": {"b": "<&>", "a": [1, null, 2.50, 1e400]}}"#))
        #expect(try render("{{ json .v }}", data) == #"{"a":[1,null,2.50,1e400],"b":"\u003c\u0026\u003e"}"#)
    }

    @Test func `numbers from JSON keep their digits and count as float64`() throws {
        let data = TemplateValue(try JSONValue(parsing: #"{"n": 12345678901234567890, "m": 1048576}"#))
        #expect(try render("{{ .n }} {{ .m }} {{ json .n }}", data) == "12345678901234567890 1048576 12345678901234567890")
        #expect(try render(#"{{ printf "%T %.1f" .m .m }} {{ gt .m 1.5 }}"#, data) == "float64 1048576.0 true")
    }

    @Test func `records print as Go structs, and as JSON in field order`() throws {
        let type = TemplateRecordType(
            "main.T", fields: [.init("Name", json: "name"), .init("Empty", json: "empty", omitsEmpty: true), .init("N", json: "n")])
        let record = TemplateValue.record(TemplateRecord(type, ["x", "", 3], isPointer: true))
        #expect(
            try render(#"{{ .r }} {{ printf "%v %+v" .r .r }} {{ json .r }}"#, ["r": record])
                == #"{x  3} &{x  3} &{Name:x Empty: N:3} {"name":"x","n":3}"#)
        #expect(throws: TemplateError.self) { try render("{{ .r.Other }}", ["r": record]) }
    }

    @Test func `callers add functions of their own`() throws {
        let functions = TemplateFunctions.builtin.adding([
            "shout": TemplateFunction([.string]) { arguments, _ throws(TemplateFunction.Refusal) in
                guard case .string(let text) = arguments[0], !text.isEmpty else {
                    throw TemplateFunction.Refusal("nothing to shout")
                }
                return .text(text.text.uppercased() + "!")
            }
        ])
        #expect(try ParsedTemplate(#"{{ "hi" | shout }}"#, functions: functions).render([:]) == "HI!")
        let error = #expect(throws: TemplateError.self) { try ParsedTemplate(#"{{ shout "" }}"#, functions: functions).render([:]) }
        #expect(error?.description == #"template: :1:3: executing "" at <shout "">: error calling shout: nothing to shout"#)
    }
}
