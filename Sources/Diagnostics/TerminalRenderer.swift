/// Shows diagnostics to people: place, severity, message and id, the source line with carets under the range, notes, mends.
///
///     Modelfile:3:1: error: unknown instruction 'PARAMETR' [QM0010]
///      3 | PARAMETR temperature 0.7
///        | ^^^^^^^^
///        = help: write 'PARAMETER'
///
/// Colour only repeats what the words say. Characters line up whatever their width; control characters are shown, not sent.
public struct TerminalRenderer: Sendable {
    public var color: Bool
    /// Cells that a source line may take; a longer one is shown in part, around the range.
    public var width: Int

    public init(color: Bool = false, width: Int = 120) {
        self.color = color
        self.width = max(width, 40)
    }

    /// One diagnostic; every line ends with a newline.
    public func render(_ diagnostic: Diagnostic, in source: SourceText) -> String {
        let noted = diagnostic.notes.compactMap { note in note.range.map { (note.source ?? source).line(at: $0.lowerBound) } }
        let gutter = ([source.line(at: diagnostic.range.lowerBound)] + noted).map { String($0).count }.max() ?? 1
        let severity = diagnostic.severity
        var lines = [
            heading(severity, diagnostic.message, at: diagnostic.range, in: source) + " " + paint("[\(diagnostic.id)]", .faint)
        ]
        lines += excerpt(diagnostic.range, in: source, gutter: gutter, style: style(of: severity))
        for note in diagnostic.notes {
            if let range = note.range {
                lines.append(heading(.note, note.message, at: range, in: note.source ?? source))
                lines += excerpt(range, in: note.source ?? source, gutter: gutter, style: .cyan)
            } else {
                lines.append(remark("note", note.message, gutter: gutter))
            }
        }
        for fixIt in diagnostic.fixIts { lines.append(remark("help", fixIt.message, gutter: gutter)) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// All of them, in the order given.
    public func render(_ diagnostics: [Diagnostic], in source: SourceText) -> String {
        diagnostics.map { render($0, in: source) }.joined()
    }

    private func heading(
        _ severity: Diagnostic.Severity, _ message: String, at range: SourceRange, in source: SourceText
    ) -> String {
        let place = source.position(at: range.lowerBound)
        return paint("\(VisibleText.of(source.name)):\(place.line):\(place.column): ", .bold)
            + paint("\(severity.rawValue): ", style(of: severity)) + paint(VisibleText.of(message), .bold)
    }

    private func remark(_ word: String, _ message: String, gutter: Int) -> String {
        String(repeating: " ", count: gutter + 2) + "= \(word): " + VisibleText.of(message)
    }

    /// The line on which `range` begins, and carets under the part of the range that lies on it; at least one caret.
    private func excerpt(_ range: SourceRange, in source: SourceText, gutter: Int, style: Style) -> [String] {
        let number = source.line(at: range.lowerBound)
        let window = SourceWindow(of: range, in: source, line: number, width: width - gutter - 4)
        let label = String(repeating: " ", count: gutter + 1 - String(number).count) + String(number)
        let margin = String(repeating: " ", count: gutter + 1)
        let carets = String(repeating: " ", count: window.caretColumn) + String(repeating: "^", count: window.caretCount)
        return [
            paint("\(label) |", .faint) + (window.text.isEmpty ? "" : " " + window.text),
            paint("\(margin) |", .faint) + " " + paint(carets, style),
        ]
    }
}

extension TerminalRenderer {
    private enum Style: String {
        case bold = "1"
        case faint = "2"
        case red = "1;31"
        case yellow = "1;33"
        case cyan = "1;36"
    }

    private func style(of severity: Diagnostic.Severity) -> Style {
        switch severity {
        case .error: .red
        case .warning: .yellow
        case .note: .cyan
        }
    }

    private func paint(_ text: String, _ style: Style) -> String {
        color ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
