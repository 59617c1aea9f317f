import Diagnostics
import Testing

/// The reports for other programs, exactly.
@Suite struct ReportTests {
    private let texts: [DiagnosedText] = {
        let source = SourceText("FROM x\nFORM <y>\n", name: "a b,c")
        return [DiagnosedText(source, [Diagnostic(.unknownInstruction, "'<y>' & 100%: odd", at: 7..<11)])]
    }()

    @Test func `lines for tools`() {
        #expect(GNUReport.render(texts) == "a b,c:2:1: error: '<y>' & 100%: odd [QM0010]\n")
        #expect(
            GitHubReport.render(texts)
                == "::error file=a b%2Cc,line=2,endLine=2,col=1,endColumn=5,title=QM0010 unknown instruction::'<y>' & 100%25: odd\n"
        )
    }

    @Test func `checkstyle`() {
        #expect(
            CheckstyleReport.render(texts) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <checkstyle version="4.3">
                  <file name="a b,c">
                    <error line="2" column="1" severity="error" message="'&lt;y&gt;' &amp; 100%: odd" source="quern.QM0010"/>
                  </file>
                </checkstyle>

                """)
    }

    @Test func `junit has a passed case for a clean file`() {
        let clean = [DiagnosedText(SourceText("", name: "clean"), [])]
        #expect(JUnitReport.render(clean).contains("tests=\"1\" failures=\"0\""))
        #expect(JUnitReport.render(texts).contains("<failure type=\"error\" message=\"'&lt;y&gt;' &amp; 100%: odd\">"))
    }

    @Test func `sarif names rule, place and level`() {
        let report = SARIFReport.render(texts, version: "1.2.3")
        #expect(report.contains(#""version":"2.1.0""#))
        #expect(report.contains(#""ruleId":"QM0010","ruleIndex":0,"level":"error""#))
        #expect(
            report.contains(
                #""artifactLocation":{"uri":"a%20b%2Cc"},"region":{"startLine":2,"startColumn":1,"endLine":2,"endColumn":5}"#))
    }

    @Test func `fingerprints tell equal complaints apart and do not depend on lines`() {
        let diagnostics = [Diagnostic(.strayText, "same", at: 0..<1), Diagnostic(.strayText, "same", at: 7..<8)]
        func prints(_ text: String) -> [Substring] {
            let report = CodeClimateReport.render([DiagnosedText(SourceText(text), diagnostics)])
            return report.matches(of: /"fingerprint":"([0-9a-f]{16})"/).map(\.1)
        }
        #expect(Set(prints("FROM x\nFORM y\n")).count == 2)
        #expect(prints("FROM x\nFORM y\n") == prints("\n\n\n\n\n\n\n\n\n"))
    }

    @Test func `differences as diff -u writes them`() {
        #expect(UnifiedDifference.text(from: "a\n", to: "a\n", name: "f") == "")
        #expect(
            UnifiedDifference.text(from: "a", to: "a\n", name: "f")
                == "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n")
        let old = (1...20).map { "\($0)\n" }.joined()
        let new = old.replacing("2\n3\n", with: "2\n", maxReplacements: 1).replacing("18\n", with: "18\nx\n")
        #expect(
            UnifiedDifference.text(from: old, to: new, name: "f")
                == "--- f\n+++ f\n@@ -1,6 +1,5 @@\n 1\n 2\n-3\n 4\n 5\n 6\n@@ -16,5 +15,6 @@\n 16\n 17\n 18\n+x\n 19\n 20\n")
    }
}
