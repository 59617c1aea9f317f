import JSONText
import ModelTesting
import TestSupport
import Testing

/// The validator against the JSON Schema Test Suite: a schema is understood or refused, never half understood.
@Suite struct JSONSchemaTests {
    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"), arguments: ["draft2020-12", "draft7"])
    func `schemas that are not refused give the suite's answers`(draft: String) throws {
        var (right, wrong, refused) = (0, [String](), 0)
        let files = try SharedData.files(in: "json-schema/\(draft)").filter { $0.pathExtension == "json" }
        for file in files where !Self.foreign.contains(file.lastPathComponent) {
            let groups = try JSONValue(parsing: try String(contentsOf: file, encoding: .utf8)).array ?? []
            for group in groups {
                guard let schema = group["schema"], let validator = try? JSONSchemaValidator(schema) else {
                    refused += 1
                    continue
                }
                for test in group["tests"]?.array ?? [] {
                    let isRight = validator.accepts(test["data"] ?? .null) == test["valid"]?.bool
                    if isRight {
                        right += 1
                    } else {
                        wrong.append(
                            "\(file.lastPathComponent): \(group["description"]?.string ?? ""): \(test["description"]?.string ?? "")"
                        )
                    }
                }
            }
        }
        // Draft 7 ignores what stands beside $ref, which nobody who writes it expects.
        let known = draft == "draft7" ? ["ref.json: ref overrides any sibling keywords: ref valid, maxItems ignored"] : []
        #expect(wrong == known)
        #expect(right > 700 && refused < 120, "\(right) right, \(refused) schemas refused")
    }

    /// What is about documents elsewhere, or about words of other vocabularies.
    private static let foreign: Set<String> = [
        "refRemote.json", "vocabulary.json", "format.json", "content.json", "dynamicRef.json", "unevaluatedItems.json",
        "unevaluatedProperties.json", "infinite-loop-detection.json",
    ]

    @Test(arguments: [
        ("{\"type\":\"string\"}", "1", "the value: a number, wanted is string"),
        ("{\"properties\":{\"a\":{\"items\":{\"minimum\":3}}}}", "{\"a\":[4,2]}", "/a/1: 2, wanted is at least 3"),
        ("{\"required\":[\"a\"]}", "{}", "the value: 'a' is missing"),
        ("{\"enum\":[1,\"x\"]}", "2", "the value: 2 is none of [1,\"x\"]"),
        ("{\"additionalProperties\":false}", "{\"z\":1}", "/z: no member of this name is allowed"),
    ])
    func `what does not fit is told with its place`(schema: String, value: String, problem: String) throws {
        let validator = try JSONSchemaValidator(try JSONValue(parsing: schema))
        #expect(validator.problem(with: try JSONValue(parsing: value)) == problem)
    }

    @Test func `schemas that lead in circles end`() throws {
        let validator = try JSONSchemaValidator(try JSONValue(parsing: "{\"$ref\":\"#\"}"))
        #expect(!validator.accepts(1))
        let wide = "{\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#/$defs/a\"}]}},\"$ref\":\"#/$defs/a\"}"
        #expect(!(try JSONSchemaValidator(try JSONValue(parsing: wide))).accepts(1))
    }

    @Test(arguments: ["{\"$ref\":\"http://x/y\"}", "{\"unevaluatedItems\":false}", "[]", "{\"pattern\":\"(\"}", "{\"not\":3}"])
    func `what is not understood is refused`(schema: String) throws {
        let value = try JSONValue(parsing: schema)
        #expect(throws: JSONSchemaValidator.SchemaError.self) { try JSONSchemaValidator(value) }
    }
}
