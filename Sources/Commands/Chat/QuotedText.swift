/// Text between marks of three quotes, which may run over several lines: a message, or what follows `/set system`.
package enum QuotedText {
    private static let mark = "\"\"\""

    /// Whether a mark was opened in `line` that needs further lines to be closed.
    package static func isOpen(_ line: String) -> Bool {
        let text = argument(of: line)
        return text.hasPrefix(mark) && !text.dropFirst(mark.count).hasSuffix(mark)
    }

    /// The message between the marks, or nil for a line that does not start with one. It is text whatever it looks like, never a command.
    package static func message(_ line: String) -> String? {
        line.hasPrefix(mark) ? content(line[...]) : nil
    }

    /// `text` without the marks round it; the closing one counts only where there is an opening one.
    static func content(_ text: Substring) -> String {
        guard text.hasPrefix(mark) else { return String(text) }
        let inner = text.dropFirst(mark.count)
        return String(inner.hasSuffix(mark) ? inner.dropLast(mark.count) : inner)
    }

    /// What the marks of a line stand round: the text of `/set system`, or the line itself.
    private static func argument(of line: String) -> Substring {
        guard let command = line.prefixMatch(of: /\/set\s+system\s+/) else { return line[...] }
        return line[command.range.upperBound...]
    }
}
