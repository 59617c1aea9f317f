import Diagnostics

/// A place in a template: line, column, and the piece of the line that it is in.
public struct TemplateExcerpt: Sendable, Equatable {
    /// From 1.
    public let line: Int
    /// In Unicode scalars, from 1.
    public let column: Int
    /// The line, or the part of a long one that holds the place; control characters are made visible.
    public let text: String
    /// How many cells of the terminal stand before the marked part, and how many it takes.
    public let markStart: Int
    public let markWidth: Int

    private static let longestLine = 96

    /// - Parameter range: byte offsets into `source`; what lies behind the end counts as the end.
    public init(_ range: Range<Int>, in source: String) {
        let bytes = Array(source.utf8)
        let start = min(range.lowerBound, bytes.count)
        let lineStart = bytes[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let lineEnd = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        line = 1 + bytes[..<start].count { $0 == 0x0A }
        column = 1 + bytes[lineStart..<start].count { $0 & 0xC0 != 0x80 }
        let end = max(start, min(range.upperBound, lineEnd))
        // A long line is cut round the place; places are shown whole where they fit.
        var first = lineStart
        var last = lineEnd
        if lineEnd - lineStart > Self.longestLine {
            first = max(lineStart, start - Self.longestLine / 3)
            last = min(lineEnd, max(first + Self.longestLine, start + 1))
        }
        while first < start, bytes[first] & 0xC0 == 0x80 { first += 1 }
        while last < lineEnd, bytes[last] & 0xC0 == 0x80 { last += 1 }
        func shown(_ range: Range<Int>) -> String { VisibleText.of(String(decoding: bytes[range], as: UTF8.self)) }
        let before = (first > lineStart ? "…" : "") + shown(first..<start)
        let marked = shown(start..<max(start, min(end, last)))
        let newline = start == lineEnd && start < bytes.count ? "⏎" : ""
        text = before + marked + shown(max(start, min(end, last))..<last) + newline + (last < lineEnd ? "…" : "")
        markStart = DisplayWidth.of(before)
        markWidth = max(1, DisplayWidth.of(marked))
    }
}
