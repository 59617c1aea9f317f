import Diagnostics
import Testing

@Suite struct DiagnosticRuleTests {
    @Test func `ids are unique and of one form`() {
        #expect(Set(DiagnosticRule.table.map(\.id)).count == DiagnosticRule.table.count)
        for rule in DiagnosticRule.table { #expect(rule.id.wholeMatch(of: /QM[0-9]{4}/) != nil) }
        #expect(DiagnosticRule.table.map(\.id) == DiagnosticRule.table.map(\.id).sorted())
    }

    @Test func `rules are found by id in any case`() {
        #expect(DiagnosticRule.named("qm0010") == .unknownInstruction)
        #expect(DiagnosticRule.named("QM9999") == nil)
    }

    @Test func `diagnostics sort by place and keep their order there`() {
        let sorted = [
            Diagnostic(.strayText, "c", at: 5..<6), Diagnostic(.strayText, "a", at: 1..<2), Diagnostic(.strayText, "b", at: 1..<9),
        ].inTextOrder()
        #expect(sorted.map(\.message) == ["a", "b", "c"])
        #expect(sorted.containsErrors)
        #expect(!sorted.filter { $0.severity == .warning }.containsErrors)
    }
}

@Suite struct SpellingSuggestionTests {
    private let words = ["FROM", "PARAMETER", "SYSTEM", "TEMPLATE", "num_ctx", "top_p", "top_k"]

    @Test(arguments: [
        ("FORM", "FROM"), ("parametr", "PARAMETER"), ("SYSTME", "SYSTEM"), ("TEMPLETE", "TEMPLATE"), ("num_cxt", "num_ctx"),
        ("topk", "top_k"),
    ])
    func `the nearest word is meant`(word: String, meant: String) {
        #expect(SpellingSuggestion.nearest(to: word, in: words) == meant)
    }

    @Test(arguments: ["", "x", "hello", "FIRM_MODEL", String(repeating: "a", count: 10_000)])
    func `a word like no other has no suggestion`(word: String) {
        #expect(SpellingSuggestion.nearest(to: word, in: words) == nil)
    }
}
