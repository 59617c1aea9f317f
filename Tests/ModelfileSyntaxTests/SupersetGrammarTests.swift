import Diagnostics
import ModelfileSyntax
import TestSupport
import Testing

/// Grammar/Superset.ebnf is what the parser reads in the superset: a recogniser that follows the file itself accepts and rejects the
/// same texts.
@Suite struct SupersetGrammarTests {
    private let source: String

    init() throws {
        let file = SharedData.packageRoot.appendingPathComponent("Grammar/Superset.ebnf")
        source = try String(contentsOf: file, encoding: .utf8)
    }

    /// The grammar for a text: the rules of a heredoc once for each word that could end one, since they are about one word.
    private func grammar(for text: String) throws -> EBNF {
        let rules = try #require(
            source.firstMatch(of: /\nheredoc[^;]*;\nopening[^;]*;\ntext line[^;]*;\nclosing[^;]*;\nend word[^;]*;\n/))
        let words = Set(text.matches(of: /<<'?([A-Za-z_][A-Za-z0-9_]*)/).map { String($0.1) }).sorted()
        guard !words.isEmpty else { return try EBNF(source, sets: GrammarTests.sets) }
        var own = "\nheredoc = " + words.indices.map { "heredoc \($0)" }.joined(separator: " | ") + " ;\n"
        for (index, word) in words.enumerated() {
            own += rules.0.replacing("end word      = name", with: "end word = '\(word)'")
                .replacing(/heredoc|opening|text line|closing|end word/) { "\($0.0) \(index)" }
        }
        return try EBNF(source.replacing(rules.0, with: own), sets: GrammarTests.sets)
    }

    /// Whether grammar and parser say the same; what they say where they don't.
    private func disagreement(_ bytes: [UInt8]) throws -> String? {
        let tree = ModelfileSyntaxTree(parsing: bytes)
        let isAccepted = try grammar(for: tree.source.text).accepts(tree.source.text, as: "file")
        let isParsed = tree.dialect == .quern1 && !tree.diagnostics.containsErrors
        guard isAccepted != isParsed else { return nil }
        return "the grammar \(isAccepted ? "accepts" : "rejects") \(tree.source.text.debugDescription), the parser says "
            + "\(tree.diagnostics.map(\.message))"
    }

    @Test func `the samples are accepted and rejected`() throws {
        for (folder, isAccepted) in [("accept", true), ("reject", false)] {
            let samples = try GrammarSamples.read(folder, of: "Superset")
            #expect(samples.count >= 12)
            for sample in samples {
                let tree = ModelfileSyntaxTree(parsing: sample.bytes, name: sample.name)
                let report = TerminalRenderer().render(tree.diagnostics, in: tree.source)
                #expect((tree.dialect == .quern1 && !tree.diagnostics.containsErrors) == isAccepted, "\(sample.name): \(report)")
            }
        }
    }

    @Test func `the samples and their mutations`() throws {
        var mutations = Mutations(seed: 1)
        for sample in try GrammarSamples.read("accept", of: "Superset") + GrammarSamples.read("reject", of: "Superset") {
            let problem = try disagreement(sample.bytes)
            #expect(problem == nil, "\(sample.name)")
            for _ in 0..<40 {
                let problem = try disagreement(mutations.damage(sample.bytes))
                #expect(problem == nil, "\(sample.name)")
            }
        }
    }
}
