import Diagnostics
import Foundation
import ModelfileSyntax
import TestSupport
import Testing

/// Whatever the text: no trap, every byte kept, every range inside the text.
@Suite struct LosslessnessTests {
    private func check(_ bytes: [UInt8], _ name: String) {
        let tree = ModelfileSyntaxTree(parsing: bytes, name: name)
        #expect(tree.description == tree.source.text, "\(name)")
        var end = 0
        for token in tree.tokens {
            for range in token.leadingTrivia.map(\.range) + [token.range] {
                #expect(range.lowerBound == end, "\(name): tokens touch")
                end = range.upperBound
            }
        }
        #expect(end == tree.source.count, "\(name): tokens cover the text")
        for diagnostic in tree.diagnostics {
            #expect(diagnostic.range.upperBound <= max(tree.source.count, 0), "\(name)")
            let text = TerminalRenderer().render(diagnostic, in: tree.source)
            #expect(text.contains(diagnostic.id) && text.contains("^"))
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `real Modelfiles`() throws {
        for file in try SharedData.files(in: "modelfiles") { check([UInt8](try Data(contentsOf: file)), file.lastPathComponent) }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `damaged modelfiles`() throws {
        var mutations = Mutations(seed: 2)
        for file in try SharedData.files(in: "modelfiles") {
            // Long licences add time, not cases.
            let bytes = [UInt8](try Data(contentsOf: file).prefix(3000))
            for round in 0..<6 { check(mutations.damage(bytes), "\(file.lastPathComponent), damage \(round)") }
        }
    }

    @Test func `damaged samples`() throws {
        var mutations = Mutations(seed: 1)
        for sample in try GrammarSamples.all() {
            for round in 0..<60 { check(mutations.damage(sample.bytes), "\(sample.name), damage \(round)") }
        }
    }

    @Test func `many unclosed quotes take linear time`() {
        // Were each of them searched to the end of the file, this would be ten thousand million steps.
        let text = String(repeating: "SYSTEM \"a\nTEMPLATE \"\"\"b\n", count: 50_000)
        let tree = ModelfileSyntaxTree(parsing: SourceText(text))
        #expect(tree.instructions.count == 100_000)
        #expect(tree.diagnostics.count == 100_000)
    }
}
