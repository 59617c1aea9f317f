/// The samples beside Grammar/GBNF.ebnf.
import Foundation
import GBNF
import TestSupport
import Testing

@Suite("Samples of GBNF")
struct SampleTests {
    private static func samples(_ folder: String) throws -> [(name: String, text: String)] {
        let root = SharedData.packageRoot.appendingPathComponent("Grammar/GBNF/\(folder)")
        return try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil).map {
            ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
        }
    }

    @Test("in accept/ are read")
    func accepted() throws {
        let samples = try Self.samples("accept")
        #expect(samples.count >= 8)
        for (name, text) in samples {
            #expect(throws: Never.self, "\(name)") { try GrammarRules(gbnf: text) }
        }
    }

    @Test("in reject/ are refused, with a place")
    func rejected() throws {
        let samples = try Self.samples("reject")
        #expect(samples.count >= 18)
        for (name, text) in samples {
            let error = #expect(throws: GBNFError.self, "\(name)") { try GrammarRules(gbnf: text) }
            #expect((error?.line ?? 0) >= 1 && (error?.column ?? 0) >= 1, "\(name)")
        }
    }
}
