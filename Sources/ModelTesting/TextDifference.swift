import Diagnostics

/// What differs between two texts, to the character, with blanks and line ends made visible.
public enum TextDifference {
    /// Lines longer than this are shown in part.
    private static let width = 100

    static func failure(_ message: String, found: String, wanted: String) -> CheckFailure? {
        // Bytes, since two ways to write é are two prompts.
        guard Array(found.utf8) != Array(wanted.utf8) else { return nil }
        return CheckFailure(message, lines(found: found, wanted: wanted))
    }

    /// Lines that begin with ` ` are in both texts, with `-` in the wanted one only, with `+` in the found one only; below a changed line
    /// `^` stands under the first character that differs.
    public static func lines(found: String, wanted: String) -> [String] {
        let (old, new) = (split(wanted), split(found))
        var head = zip(old, new).prefix { $0.elementsEqual($1) }.count
        var tail = zip(old.reversed(), new.reversed()).prefix { $0.elementsEqual($1) }.count
        tail = min(tail, min(old.count, new.count) - head)
        head = min(head, min(old.count, new.count))
        let (removed, added) = (old[head..<old.count - tail], new[head..<new.count - tail])
        let column = zip(removed.first ?? [], added.first ?? []).prefix { $0 == $1 }.count
        let place = removed.isEmpty || added.isEmpty ? "at line \(head + 1)" : "at line \(head + 1), character \(column + 1)"
        var lines = ["\(place) (- wanted, + found)"]
        lines += old[max(0, head - 2)..<head].map { "  " + shown($0, around: 0).text }
        lines += removed.prefix(20).enumerated().map { "- " + shown($1, around: $0 == 0 ? column : 0).text }
        if removed.count > 20 { lines.append("- … \(removed.count - 20) more lines") }
        for (index, line) in added.prefix(20).enumerated() {
            let (text, mark) = shown(line, around: index == 0 ? column : 0)
            lines.append("+ " + text)
            if index == 0, !removed.isEmpty { lines.append("  " + String(repeating: " ", count: mark) + "^") }
        }
        if added.count > 20 { lines.append("+ … \(added.count - 20) more lines") }
        lines += old[(old.count - tail)...].prefix(2).map { "  " + shown($0, around: 0).text }
        return lines
    }

    /// The lines, each with its newline.
    private static func split(_ text: String) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = []
        var line: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            line.append(scalar)
            if scalar == "\n" {
                lines.append(line)
                line = []
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    /// A line as it is shown, and the cell in which the character `column` begins.
    private static func shown(_ line: [Unicode.Scalar], around column: Int) -> (text: String, mark: Int) {
        let start = column > width - 20 ? column - width / 2 : 0
        let part = line[min(start, line.count)..<min(line.count, start + width)]
        let before = part.prefix(max(0, column - start))
        let lead = start > 0 ? "…" : ""
        let mark = DisplayWidth.of(lead + visible(before))
        return (lead + visible(part) + (start + width < line.count ? "…" : ""), mark)
    }

    private static func visible(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars { text.unicodeScalars.append(scalar) }
        return visible(text)
    }

    /// Newlines as ␊ and so on; blanks that nobody would see, at the end of a line, as ·.
    static func visible(_ text: String) -> String {
        var shown = ""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let rest = scalars[(index + 1)...].first { $0 != " " }
            if scalar == " ", rest == nil || rest == "\n" || rest == "\r" || index == 0 {
                shown += "·"
            } else if scalar == "\u{A0}" {
                shown += "⍽"
            } else {
                shown += VisibleText.of(String(scalar))
            }
        }
        return shown
    }
}
