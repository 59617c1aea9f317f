/// A text and what is wrong with it: what the reports about several files are made of.
public struct DiagnosedText: Sendable {
    public var source: SourceText
    public var diagnostics: [Diagnostic]

    public init(_ source: SourceText, _ diagnostics: [Diagnostic]) {
        (self.source, self.diagnostics) = (source, diagnostics)
    }

    /// Where a diagnostic begins and ends, in lines and columns from 1.
    func place(of range: SourceRange) -> (start: SourcePosition, end: SourcePosition) {
        (source.position(at: range.lowerBound), source.position(at: range.upperBound))
    }
}
