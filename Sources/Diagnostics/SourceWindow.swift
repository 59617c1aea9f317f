/// The part of a source line that is shown with a diagnostic, laid out in terminal cells.
struct SourceWindow {
    /// The visible text: tabs as blanks, control characters as pictures, `…` where the line goes on.
    var text = ""
    /// Cells before the first caret.
    var caretColumn = 0
    /// Cells to mark, at least one.
    var caretCount = 1

    private static let tab = "    "

    private struct Cell {
        var text: String
        var width: Int
        var isMarked: Bool
    }

    init(of range: SourceRange, in source: SourceText, line: Int, width: Int) {
        let cells = Self.cells(of: range, in: source, line: line)
        let marked = cells.indices.filter { cells[$0].isMarked }
        let first = marked.first ?? cells.count
        let shown = Self.window(cells, around: first, last: marked.last ?? first, width: width)
        text = (shown.lowerBound > 0 ? "…" : "") + cells[shown].map(\.text).joined() + (shown.upperBound < cells.count ? "…" : "")
        caretColumn = (shown.lowerBound > 0 ? 1 : 0) + Self.width(cells[shown.lowerBound..<max(first, shown.lowerBound)])
        caretCount = max(1, Self.width(cells[shown].filter(\.isMarked)[...]))
        while text.last == " " { text.removeLast() }
    }

    /// One cell per character of the line; those that touch the range are marked.
    private static func cells(of range: SourceRange, in source: SourceText, line: Int) -> [Cell] {
        let bytes = source.range(ofLine: line)
        var offset = bytes.lowerBound
        return source.text(in: bytes).map { character in
            let end = offset + character.utf8.count
            defer { offset = end }
            let shown = character == "\t" ? tab : VisibleText.of(String(character))
            // An empty range marks the character that it stands before.
            let isMarked = range.isEmpty ? range.lowerBound == offset : offset < range.upperBound && range.lowerBound < end
            return Cell(text: shown, width: DisplayWidth.of(shown), isMarked: isMarked)
        }
    }

    /// The cells to show: all, or as many as fit, with about a third of the room before the first mark.
    private static func window(_ cells: [Cell], around first: Int, last: Int, width limit: Int) -> Range<Int> {
        guard width(cells[...]) > limit else { return 0..<cells.count }
        let room = limit - 2
        var start = min(first, cells.count)
        var used = 0
        while start > 0, used + cells[start - 1].width <= room / 3 {
            start -= 1
            used += cells[start].width
        }
        var end = min(first, cells.count)
        while end < cells.count, used + cells[end].width <= room {
            used += cells[end].width
            end += 1
        }
        while start > 0, used + cells[start - 1].width <= room {
            start -= 1
            used += cells[start].width
        }
        return start..<end
    }

    private static func width(_ cells: ArraySlice<Cell>) -> Int { cells.reduce(0) { $0 + $1.width } }
}
