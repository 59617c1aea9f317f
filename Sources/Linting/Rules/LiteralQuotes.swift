import Diagnostics
import ModelfileSyntax

/// A text between quotes that a Modelfile does not know: they are part of the text.
enum LiteralQuotes: LintRule {
    static let rule = DiagnosticRule.literalQuotes

    /// What opens a text and what closes it, the longer ones first.
    private static let pairs = [
        ("'''", "'''"), ("'", "'"), ("\u{201C}", "\u{201D}"), ("\u{2018}", "\u{2019}"), ("\u{AB}", "\u{BB}"),
    ]

    /// The first bytes of what opens a text.
    private static let openers = Set(pairs.compactMap { $0.0.utf8.first })

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        let bytes = subject.source.bytes
        return subject.texts.compactMap { value in
            guard value.quoting == .bare, let first = bytes[value.range].first, openers.contains(first),
                let (quotes, inner) = quotes(round: value, in: subject.source)
            else { return nil }
            let text = subject.source.text(in: inner)
            // Whoever quotes two words and then goes on quotes; and a text that ends with \" cannot stand between such quotes.
            guard !text.contains(quotes.open), !text.contains(quotes.close), !text.hasSuffix("\""), !text.hasPrefix("\"") else {
                return nil
            }
            return Diagnostic(
                rule, "\(quotes.open) and \(quotes.close) are part of the text: only \" and \"\"\" are quotes", at: value.range,
                fixIts: [
                    FixIt(
                        "write \" for them",
                        [
                            FixIt.Edit(value.range.lowerBound..<inner.lowerBound, "\""),
                            FixIt.Edit(inner.upperBound..<value.range.upperBound, "\""),
                        ])
                ])
        }
    }

    private static func quotes(
        round value: ValueSyntax, in source: SourceText
    ) -> (quotes: (open: String, close: String), inner: SourceRange)? {
        let text = value.content(in: source)
        for (open, close) in pairs {
            guard text.utf8.count > open.utf8.count + close.utf8.count, text.hasPrefix(open), text.hasSuffix(close) else {
                continue
            }
            return ((open, close), value.range.lowerBound + open.utf8.count..<value.range.upperBound - close.utf8.count)
        }
        return nil
    }
}
