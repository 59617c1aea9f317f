import Diagnostics
import ModelfilePlan
import ModelfileSyntax
import Testing

/// The table's examples are what they say: each shows its own problem and no other, and its mended form shows none.
@Suite struct RuleExampleTests {
    private func rules(_ text: String) -> [DiagnosticRule] {
        BuildPlan.make(from: ModelfileSyntaxTree(parsing: SourceText(text))).diagnostics.map(\.rule)
    }

    @Test(arguments: DiagnosticRule.table.filter { !$0.example.isEmpty })
    func `an example shows its problem and the mend removes it`(rule: DiagnosticRule) {
        #expect(rules(rule.example) == [rule])
        #expect(rules(rule.mended) == [])
    }

    @Test func `only problems of encoding have no example`() {
        #expect(DiagnosticRule.table.filter(\.example.isEmpty) == [.invalidEncoding, .unmarkedUTF16])
    }
}
