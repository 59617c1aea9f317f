import Foundation
import GoTemplate
import JSONText
import TestSupport
import Testing

/// Cases whose expected outputs and errors Go itself wrote: see `Tests/Fixtures/GoTemplate/generate.go`.
@Suite("text/template semantics")
struct SemanticsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let template: String
        let data: JSONValue
        let output: String?
        let error: String?

        var testDescription: String { template }
    }

    static let cases: [Case] = {
        let url = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/GoTemplate/semantics.json")
        guard let bytes = try? [UInt8](Data(contentsOf: url)), let file = try? JSONValue(parsing: bytes) else { return [] }
        return (file["cases"]?.array ?? []).map { entry in
            Case(
                template: entry["template"]?.string ?? "", data: entry["data"] ?? file["data"] ?? nil,
                output: entry["output"]?.string, error: entry["error"]?.string)
        }
    }()

    @Test func `there are at least three hundred cases`() { #expect(Self.cases.count >= 300) }

    @Test(arguments: cases)
    func `renders, or fails, as Go does`(_ test: Case) {
        let functions = TemplateFunctions.ollama(today: { 0 })
        do {
            let template = try ParsedTemplate(test.template, name: "t", functions: functions)
            let output = try template.render(Self.value(test.data))
            #expect(output == test.output)
            if let error = test.error { Issue.record("rendered \(output); Go says \(error)") }
        } catch {
            #expect(String(describing: error) == test.error)
        }
    }

    /// Whole numbers as int, others as float64: what the generator does.
    static func value(_ json: JSONValue) -> TemplateValue {
        switch json {
        case .number(let number): Int(number.text).map { .int($0) } ?? .float(number.double)
        case .array(let elements): .list(TemplateList(elements.map(value)))
        case .object(let members): .map(TemplateMap(members.map { ($0.key, value($0.value)) }))
        default: TemplateValue(json)
        }
    }
}
