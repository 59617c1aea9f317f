import Diagnostics
import Linting
import ModelfileSyntax
import Testing

@Suite struct SuppressionTests {
    private func ids(_ text: String) -> [String] {
        Linter().check(ModelfileSyntaxTree(parsing: SourceText(text))).map(\.id)
    }

    @Test func `a comment silences rules in the instruction below it`() {
        #expect(ids("# quern: ignore QM0030\nFROM \"x\"\nADAPTER \"y\"\n") == ["QM0030"])
        #expect(ids("#quern: ignore qm0030, QM0032\n# more\nFROM \"a\\b\"\n") == [])
        #expect(ids("# quern: ignore\nFROM \"a\\b\"\n") == [])
        #expect(ids("FROM x\n# quern: ignore QM0040\nTEMPLATE \"\"\"one\n{{ if }}\n\"\"\"\n") == [])
        #expect(ids("FROM x\n# quern: ignore QM0010\nFROB x\n") == [])
    }

    @Test func `other rules, other lines and other comments stay`() {
        #expect(ids("# quern: ignore QM0032\nFROM \"x\"\n") == ["QM0030"])
        #expect(ids("# quern: ignore QM0030\n\nFROM \"x\"\n") == ["QM0030"])
        #expect(ids("# ignore QM0030\nFROM \"x\"\n") == ["QM0030"])
    }
}
