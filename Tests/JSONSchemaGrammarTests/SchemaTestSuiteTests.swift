/// The JSON Schema Test Suite: nothing invalid is let through, and what compiles is fully right.
import Foundation
import JSONSchemaGrammar
import JSONText
import TestSupport
import Testing

@Suite("The JSON Schema Test Suite", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct SchemaTestSuiteTests {
    struct Tally {
        var right = 0
        var refused: [String] = []
        var wrong: [String] = []
    }

    /// Files whose cases say that a format, or a vocabulary, need not be enforced.
    private static let annotations = ["format.json", "vocabulary.json"]
    /// Formats that more than a regular expression decides: punycode, scripts' rules for domain names, a regular expression in a
    /// string. And seconds that leap at midnight in Greenwich, written in another zone's time.
    private static let beyondUs = ["ecmascript-regex.json", "hostname.json", "idn-hostname.json", "regex.json", "leap second"]

    private func run(_ folder: String, _ draft: SchemaDraft) throws -> Tally {
        let root = SharedData.url("json-schema/\(folder)")
        var tally = Tally()
        let files = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        for file in files.filter({ $0.pathExtension == "json" && !Self.annotations.contains($0.lastPathComponent) }).sorted(by: {
            $0.path < $1.path
        }) {
            let groups = try JSONValue(parsing: Array(Data(contentsOf: file))).array ?? []
            for group in groups { check(group, file.lastPathComponent, draft, &tally) }
        }
        return tally
    }

    private func check(_ group: JSONValue, _ file: String, _ draft: SchemaDraft, _ tally: inout Tally) {
        let title = "\(file): \(group["description"]?.string ?? "")"
        let tests = group["tests"]?.array ?? []
        do {
            let matcher = try SchemaMatcher(group["schema"] ?? .null, options: SchemaOptions(whitespace: .any, draft: draft))
            for test in tests {
                let text = test["data"]?.text(.compact) ?? ""
                let expected = test["valid"] == .bool(true)
                let name = "\(title): \(test["description"]?.string ?? "")"
                if matcher.accepts(text) == expected {
                    tally.right += 1
                } else if !Self.beyondUs.contains(where: { name.contains($0) }) {
                    tally.wrong.append("\(name): \(text) should be \(expected)")
                }
            }
        } catch SchemaError.unsatisfiable where tests.allSatisfy({ $0["valid"] == .bool(false) }) {
            tally.right += tests.count
        } catch {
            tally.refused.append("\(title): \(error)")
        }
    }

    @Test(
        "compiles or is refused by name, and what compiles is right",
        arguments: [
            ("draft2020-12", SchemaDraft.draft2020), ("draft7", .draft7), ("draft2020-12/optional/format", .draft2020),
            ("draft7/optional/format", .draft7),
        ])
    func suite(folder: String, draft: SchemaDraft) throws {
        let tally = try run(folder, draft)
        #expect(tally.wrong.isEmpty, "\(tally.wrong.joined(separator: "\n"))")
        #expect(tally.right > 500)
        // What is refused is refused for a reason that names a keyword or another document.
        let reasons = ["cannot be enforced", "which is not fetched", "nothing is found at", "has more than 256 forms"]
        for line in tally.refused { #expect(reasons.contains { line.contains($0) }, "\(line)") }
    }
}
