/// The ledger of keywords is that of the table, and what the JSON Schema Test Suite says of the compiler only gets better.
import Foundation
import JSONSchemaGrammar
import JSONText
import TestSupport
import Testing

@Suite("The ledger of keywords")
struct SchemaLedgerTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Grammar")
    private static let isRecording = ProcessInfo.processInfo.environment["QUERN_RECORD"] != nil

    @Test("is that of the table")
    func ledger() throws {
        let file = Self.folder.appendingPathComponent("JSONSchema.md")
        if Self.isRecording { try Data(SchemaKeyword.ledger.utf8).write(to: file) }
        let found = try String(contentsOf: file, encoding: .utf8)
        #expect(found == SchemaKeyword.ledger, "stale; run QUERN_RECORD=1 swift test --filter SchemaLedgerTests")
    }

    /// One line of the results: a folder of the suite, cases that are judged right, cases that are not, groups that do not compile.
    private struct Result: Equatable {
        var folder: String
        var right = 0
        var wrong = 0
        var refused = 0

        var line: String { "\(folder): \(right) right, \(wrong) wrong, \(refused) schemas refused" }
    }

    @Test("gives results that only get better", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func results() throws {
        let drafts: [(String, SchemaDraft)] = [
            ("draft2020-12", .draft2020), ("draft7", .draft7), ("draft2020-12/optional/format", .draft2020),
            ("draft7/optional/format", .draft7),
        ]
        let results = try drafts.map { try Self.result($0.0, $0.1) }
        let file = Self.folder.appendingPathComponent("JSONSchema.results")
        if Self.isRecording { try Data((results.map(\.line).joined(separator: "\n") + "\n").utf8).write(to: file) }
        let recorded = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        try #require(recorded.count == results.count)
        for (line, result) in zip(recorded, results) {
            let numbers = line.split(whereSeparator: { !$0.isNumber }).suffix(3).compactMap { Int($0) }
            try #require(numbers.count == 3)
            #expect(
                result.right >= numbers[0] && result.wrong <= numbers[1] && result.refused <= numbers[2],
                "\(result.line); it was \(line)")
        }
    }

    private static func result(_ folder: String, _ draft: SchemaDraft) throws -> Result {
        var result = Result(folder: folder)
        let root = SharedData.url("json-schema/\(folder)")
        for file in try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        where file.pathExtension == "json" && !["format.json", "vocabulary.json"].contains(file.lastPathComponent) {
            for group in try JSONValue(parsing: Array(Data(contentsOf: file))).array ?? [] {
                let options = SchemaOptions(whitespace: .any, draft: draft)
                let tests = group["tests"]?.array ?? []
                let matcher: SchemaMatcher?
                do {
                    matcher = try SchemaMatcher(group["schema"] ?? .null, options: options)
                } catch SchemaError.unsatisfiable {
                    matcher = nil
                } catch {
                    result.refused += 1
                    continue
                }
                for test in tests {
                    let isAccepted = matcher?.accepts(test["data"]?.text(.compact) ?? "") ?? false
                    if isAccepted == (test["valid"] == .bool(true)) { result.right += 1 } else { result.wrong += 1 }
                }
            }
        }
        return result
    }
}
