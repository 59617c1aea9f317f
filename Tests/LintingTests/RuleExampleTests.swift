import Diagnostics
import Linting
import ModelfileSyntax
import Testing

/// The table's examples are what they say: each shows its own problem and no other, and its mended form shows none.
@Suite struct RuleExampleTests {
    /// In the examples `model.gguf` and `small.gguf` are there, and the model was trained on 8192 tokens at once.
    private let facts = SourceFacts([
        "./model.gguf": .path(trainedContext: 8192), "./small.gguf": .path(trainedContext: 8192),
        "./mistyped.gguf": .absent(path: "./mistyped.gguf"), "llama3.2": .remote,
    ])

    private func rules(_ text: String, isStrict: Bool) -> [DiagnosticRule] {
        Linter(isStrict: isStrict).check(ModelfileSyntaxTree(parsing: SourceText(text)), facts: facts).map(\.rule)
    }

    @Test(arguments: DiagnosticRule.table.filter { !$0.example.isEmpty })
    func `an example shows its problem and the mend removes it`(rule: DiagnosticRule) {
        #expect(rules(rule.example, isStrict: rule.isStrict) == [rule])
        #expect(rules(rule.mended, isStrict: rule.isStrict) == [])
    }

    @Test func `only problems of encoding have no example`() {
        #expect(DiagnosticRule.table.filter(\.example.isEmpty) == [.invalidEncoding, .unmarkedUTF16])
    }

    @Test func `every rule of the table below the plan has a check`() {
        let planned = DiagnosticRule.table.filter { $0.id < "QM0028" } + [.foreignDialect]
        #expect(Set(Linter.rules.map { $0.rule }).union(planned) == Set(DiagnosticRule.table))
    }
}
