import Foundation
import ModelManifest
import TestSupport
import Testing

/// The samples beside Grammar/ModelName.ebnf, one name a line.
@Suite struct ModelNameGrammarTests {
    private func names(_ file: String) throws -> [String] {
        let url = SharedData.packageRoot.appendingPathComponent("Grammar/ModelName/\(file)")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().map(String.init)
    }

    @Test func `names to accept are names`() throws {
        let names = try names("accept.txt")
        #expect(names.count >= 10)
        for name in names { #expect((try? ModelName(name)) != nil, "\(name)") }
    }

    @Test func `names to reject are none`() throws {
        let names = try names("reject.txt")
        #expect(names.count >= 10)
        for name in names { #expect((try? ModelName(name)) == nil, "\(name)") }
    }
}
