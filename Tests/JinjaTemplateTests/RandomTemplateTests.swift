import JSONText
import JinjaTemplate
import TestSupport
import Testing

/// Random templates with what Python's Jinja2 makes of them: Tests/Differential/jinja.py --fixture.
@Suite struct RandomTemplateTests {
    struct Case {
        let template: String
        let context: JSONObject
        /// nil where Python refuses.
        let text: String?
    }

    static func cases() throws -> [Case] {
        let url = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/JinjaTemplate/random.json")
        return (try JSONValue(parsing: [UInt8](try Data(contentsOf: url))).array ?? []).map {
            Case(template: $0["template"]?.string ?? "", context: $0["context"]?.object ?? [:], text: $0["text"]?.string)
        }
    }

    @Test func `random templates render as Python's`() throws {
        let now = try #require(JinjaTime("2024-07-26T09:05:03"))
        let cases = try Self.cases()
        #expect(cases.count > 200)
        for test in cases {
            let text = try? JinjaProgram(test.template).render(test.context, now: now)
            #expect(text == test.text, "\(test.template)")
        }
    }
}
