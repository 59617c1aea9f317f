/// The difference of two texts in the unified form that `diff -u` and `git apply` speak.
public enum UnifiedDifference {
    private static let context = 3

    private enum Line {
        case kept(String)
        case removed(String)
        case added(String)
    }

    /// Empty where the texts are equal.
    public static func text(from old: String, to new: String, name: String) -> String {
        guard old != new || Array(old.utf8) != Array(new.utf8) else { return "" }
        let lines = lines(from: split(old), to: split(new))
        var result = "--- \(name)\n+++ \(name)\n"
        for hunk in hunks(in: lines) { result += text(of: hunk, in: lines) }
        return result
    }

    /// Lines with their newlines; a last line without one says so when it is shown.
    private static func split(_ text: String) -> [[UInt8]] {
        Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    }

    private static func lines(from old: [[UInt8]], to new: [[UInt8]]) -> [Line] {
        let oldLines = terminated(old)
        let newLines = terminated(new)
        let difference = newLines.difference(from: oldLines)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (first, second) = (0, 0)
        while first < oldLines.count || second < newLines.count {
            if first < oldLines.count, removed.contains(first) {
                lines.append(.removed(shown(oldLines[first])))
                first += 1
            } else if second < newLines.count, added.contains(second) {
                lines.append(.added(shown(newLines[second])))
                second += 1
            } else {
                lines.append(.kept(shown(oldLines[first])))
                first += 1
                second += 1
            }
        }
        return lines
    }

    /// Every line with the newline that ends it; the empty rest behind the last newline is no line.
    private static func terminated(_ parts: [[UInt8]]) -> [[UInt8]] {
        var lines = parts.dropLast().map { $0 + [0x0A] }
        if let last = parts.last, !last.isEmpty { lines.append(last) }
        return lines
    }

    private static func shown(_ line: [UInt8]) -> String {
        let text = String(decoding: line, as: UTF8.self)
        return line.last == 0x0A ? text : text + "\n\\ No newline at end of file\n"
    }

    /// Ranges of lines round the changes, those that touch put together.
    private static func hunks(in lines: [Line]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, line) in lines.enumerated() {
            if case .kept = line { continue }
            let range = max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func text(of hunk: Range<Int>, in lines: [Line]) -> String {
        let before = counts(lines[..<hunk.lowerBound])
        let inside = counts(lines[hunk])
        func range(_ start: Int, _ count: Int) -> String { "\(count == 0 ? start : start + 1),\(count)" }
        let header = "@@ -\(range(before.old, inside.old)) +\(range(before.new, inside.new)) @@\n"
        return header
            + lines[hunk].map { line in
                switch line {
                case .kept(let text): " " + text
                case .removed(let text): "-" + text
                case .added(let text): "+" + text
                }
            }.joined()
    }

    private static func counts(_ lines: ArraySlice<Line>) -> (old: Int, new: Int) {
        lines.reduce(into: (0, 0)) { counts, line in
            switch line {
            case .kept: counts = (counts.0 + 1, counts.1 + 1)
            case .removed: counts.0 += 1
            case .added: counts.1 += 1
            }
        }
    }
}
