import Diagnostics
import TestSupport
import Testing

/// Documentation/Diagnostics.md is made from the table, here.
///
/// To make it again: `QUERN_RECORD=1 swift test --filter DocumentationTests`, which fails once, so that recording is no success.
@Suite struct DocumentationTests {
    private let file = SharedData.packageRoot.appendingPathComponent("Documentation/Diagnostics.md")

    private var page: String {
        """
        # Diagnostics

        What Quern can say about a Modelfile, by id. An id never changes its meaning. `quern explain QM0012` shows the same text;
        a comment `# quern: ignore QM0012` above an instruction silences a rule there. This page is made from the table in
        `Sources/Diagnostics` by `Tests/LintingTests/DocumentationTests.swift`; edit the table, not the page.

        | id | severity | what is wrong |
        |---|---|---|

        """ + DiagnosticRule.table.map(row).joined() + DiagnosticRule.table.map(section).joined()
    }

    private func row(_ rule: DiagnosticRule) -> String {
        "| [\(rule.id)](#\(rule.id.lowercased())) | \(severity(rule)) | \(rule.title) |\n"
    }

    private func severity(_ rule: DiagnosticRule) -> String { rule.severity.rawValue + (rule.isStrict ? ", `--strict`" : "") }

    private func section(_ rule: DiagnosticRule) -> String {
        var text = "\n## \(rule.id)\n\n**\(rule.title)** (\(severity(rule)))\n\n\(rule.explanation)\n"
        if !rule.example.isEmpty { text += "\n```\n\(rule.example)```\n\nMended:\n\n```\n\(rule.mended)```\n" }
        return text
    }

    @Test func `the page of diagnostics is that of the table`() throws {
        if ProcessInfo.processInfo.environment["QUERN_RECORD"] != nil {
            try Data(page.utf8).write(to: file)
            Issue.record("recorded \(file.path); run again without QUERN_RECORD")
        }
        let found = try String(contentsOf: file, encoding: .utf8)
        #expect(found == page, "stale; run QUERN_RECORD=1 swift test --filter DocumentationTests")
    }
}
