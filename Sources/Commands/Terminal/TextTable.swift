import Diagnostics

/// Rows of cells in columns that line up, whatever the width of their characters. Columns are four blanks apart, as in Ollama.
package struct TextTable {
    private var rows: [[String]] = []
    package var gap = 4

    package init() {}

    package mutating func add(_ cells: [String]) { rows.append(cells.map(Self.onOneLine)) }

    package var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { DisplayWidth.padding($1, to: widths[$0] + gap) }
            return cells.joined().trimmingTrailingBlanks() + "\n"
        }.joined()
    }

    /// A cell from outside must not move the cursor.
    private static func onOneLine(_ cell: String) -> String {
        cell.withoutControls.replacing("\n", with: "\u{240A}").replacing("\t", with: "\u{2409}")
    }
}

extension String {
    func trimmingTrailingBlanks() -> String {
        var copy = self[...]
        while copy.last == " " { copy.removeLast() }
        return String(copy)
    }
}
