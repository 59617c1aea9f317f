import Diagnostics
import ModelfileSyntax

/// FROM, ADAPTER or DRAFT with quotes around the name or path.
enum QuotedSource: LintRule {
    static let rule = DiagnosticRule.quotedSource

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        subject.sources.compactMap { source in
            let bytes = subject.source.bytes
            let isSingleQuoted = source.text.utf8.count > 2 && source.text.hasPrefix("'") && source.text.hasSuffix("'")
            guard source.value.closeQuote != nil || isSingleQuoted else { return nil }
            let inner = isSingleQuoted ? source.range.lowerBound + 1..<source.range.upperBound - 1 : source.range
            let isOneLine = !bytes[inner].contains { $0 == 0x0A || $0 == 0x0D }
            let consequence = isSingleQuoted ? "single quotes are part of the name" : "needs no quotes"
            return Diagnostic(
                rule, "the value of \(source.keyword) \(isSingleQuoted ? "is in quotes: " : "")\(consequence)",
                at: source.value.range,
                fixIts: isOneLine
                    ? [
                        FixIt("take the quotes away", [FixIt.Edit(source.value.range, subject.source.text(in: inner))])
                    ] : [])
        }
    }
}
