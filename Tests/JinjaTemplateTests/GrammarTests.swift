import Foundation
import JinjaTemplate
import TestSupport
import Testing

/// The samples beside Grammar/Jinja.ebnf.
@Suite("Grammar/Jinja")
struct GrammarTests {
    static func samples(_ folder: String) -> [URL] {
        let url = SharedData.packageRoot.appendingPathComponent("Grammar/Jinja/\(folder)")
        let files = (try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    @Test func `there are samples of both kinds`() {
        #expect(Self.samples("accept").count >= 10)
        #expect(Self.samples("reject").count >= 15)
    }

    @Test(arguments: samples("accept"))
    func `accepted samples parse`(_ url: URL) throws {
        _ = try JinjaProgram(String(contentsOf: url, encoding: .utf8))
    }

    /// The last line of a rejected sample is a comment outside the template: the message that is expected.
    @Test(arguments: samples("reject"))
    func `rejected samples are refused with their message`(_ url: URL) throws {
        let text = try String(contentsOf: url, encoding: .utf8)
        let parts = text.components(separatedBy: "\n# ")
        let error = #expect(throws: JinjaError.self) { try JinjaProgram(parts[0]) }
        #expect(error?.fault.problem == parts.last?.trimmingCharacters(in: .newlines))
    }
}
