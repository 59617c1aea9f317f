import Diagnostics
import ModelfileSyntax
import Testing

@Suite struct GrammarSampleTests {
    @Test func `samples to accept have no errors`() throws {
        let samples = try GrammarSamples.read("accept")
        #expect(samples.count >= 15)
        for sample in samples {
            let tree = ModelfileSyntaxTree(parsing: sample.bytes, name: sample.name)
            #expect(!tree.diagnostics.containsErrors, "\(TerminalRenderer().render(tree.diagnostics, in: tree.source))")
        }
    }

    @Test func `samples to reject have errors`() throws {
        let samples = try GrammarSamples.read("reject")
        #expect(samples.count >= 15)
        for sample in samples {
            #expect(ModelfileSyntaxTree(parsing: sample.bytes).diagnostics.containsErrors, "\(sample.name)")
        }
    }
}
