public import Diagnostics

/// Applies fix-its until none is left.
public enum Mending {
    /// A mend can uncover something else to mend, hardly ever more than once.
    private static let mostPasses = 4

    /// The text after the first fix-it of every diagnostic, checked again.
    ///
    /// - Parameter check: what is wrong with a text.
    public static func mend(_ text: DiagnosedText, check: (String) -> DiagnosedText) -> DiagnosedText {
        var text = text
        for _ in 0..<mostPasses {
            let fixIts = text.diagnostics.compactMap(\.fixIts.first)
            guard !fixIts.isEmpty else { break }
            let next = check(text.source.applying(fixIts))
            guard next.source != text.source else { break }
            text = next
        }
        return text
    }
}
