import BuildPipeline
import Foundation
import Linting
import ModelfileSyntax
import TestSupport
import Testing

@Suite struct LookingAtSources {
    @Test func aCheckpointSaysWhatItsConversionWould() throws {
        let fixture = try BuildFixture()
        let path = SharedData.packageRoot.appendingPathComponent("Samples/chat").path
        let tree = ModelfileSyntaxTree(parsing: Array("FROM \(path)\nPARAMETER num_ctx 999999\n".utf8))
        guard case .path(let traits) = SourceInspector(folder: fixture.path, store: fixture.store).facts(for: tree)[path] else {
            Issue.record("nothing at \(path)")
            return
        }
        #expect(traits.architecture == "llama")
        #expect(traits.trainedContext == 2048)
        #expect(traits.endTokens?.isEmpty == false)
    }
}
