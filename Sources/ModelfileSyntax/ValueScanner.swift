import Diagnostics

/// Finds where a value ends. This is the one place that knows the quoting rules, for the parser and for the printer.
///
/// A value that begins with `"""` goes on to the first line whose end is `"""`, one that begins with `"` to the first line whose
/// end is `"`; blanks and invisible characters behind the quotes don't count, and quotes inside a line are text. Any other value
/// ends with its line, blanks around it not included. There are no escapes. In the superset a value that begins with `<<WORD` at
/// the end of its line is made of the lines up to one that is `WORD`; the newline before that line does not belong to it.
struct ValueScanner {
    typealias Quoting = ValueSyntax.Quoting

    struct Scan {
        var quoting: Quoting
        /// The characters of the value, quotes not included.
        var text: SourceRange
        /// Nil where a quoted value is not closed before the end of the file.
        var closeQuote: SourceRange?

        var isUnterminated: Bool { quoting != .bare && closeQuote == nil }
    }

    let dialect: ModelfileDialect
    /// Quotes for which a search reached the end of the file: no later one can succeed, so none is made.
    private var neverClosed: Set<Quoting> = []

    init(dialect: ModelfileDialect) { self.dialect = dialect }

    /// The quotes at `offset`, `.bare` where there are none.
    static func quoting(at offset: Int, in cursor: SourceCursor) -> Quoting {
        if cursor.hasQuotes(3, at: offset) { return .tripleQuoted }
        return cursor.hasQuotes(1, at: offset) ? .quoted : .bare
    }

    /// Scans the value that begins at `offset`, behind any blanks.
    mutating func scan(at offset: Int, in cursor: SourceCursor) -> Scan {
        if dialect != .plain, let mark = Self.heredocMark(at: offset, in: cursor) { return scanHeredoc(mark, in: cursor) }
        let quoting = Self.quoting(at: offset, in: cursor)
        let start = offset + quoting.rawValue.utf8.count
        guard quoting != .bare else {
            return Scan(quoting: .bare, text: offset..<cursor.trimmedEnd(of: offset..<cursor.lineEnd(from: offset)))
        }
        if !neverClosed.contains(quoting) {
            if let quote = Self.closeQuote(quoting, from: start, in: cursor) {
                return Scan(quoting: quoting, text: start..<quote.lowerBound, closeQuote: quote)
            }
            neverClosed.insert(quoting)
        }
        return Scan(quoting: quoting, text: start..<recoveredEnd(from: start, in: cursor))
    }

    private static func closeQuote(_ quoting: Quoting, from start: Int, in cursor: SourceCursor) -> SourceRange? {
        let length = quoting.rawValue.utf8.count
        var visibleEnd: Int?
        var lineStart = start
        while true {
            let lineEnd = cursor.lineEnd(from: lineStart)
            // Blank lines after the quotes do not close them again, but neither do they reopen anything.
            visibleEnd = cursor.visibleEnd(in: lineStart..<lineEnd) ?? visibleEnd
            if let end = visibleEnd, end - length >= start, cursor.hasQuotes(length, at: end - length) {
                return end - length..<end
            }
            guard lineEnd < cursor.bytes.count else { return nil }
            lineStart = lineEnd + 1
        }
    }

    /// Where to stop reading a value that is never closed: before the next line that begins with an instruction in capitals.
    func recoveredEnd(from start: Int, in cursor: SourceCursor) -> Int {
        let end = instructionLine(in: start..<cursor.bytes.count, cursor) ?? cursor.bytes.count
        return cursor.trimmedEnd(of: start..<end)
    }

    /// The start of the first line in `range`, its first line left out, that begins with an instruction in capitals.
    func instructionLine(in range: SourceRange, _ cursor: SourceCursor) -> Int? {
        var lineStart = cursor.lineEnd(from: range.lowerBound) + 1
        while lineStart < range.upperBound {
            var line = cursor
            line.position = lineStart
            let word = line.skip { $0 >= 0x41 && $0 <= 0x5A }
            if !word.isEmpty, line.isAtBlank,
                Instruction(keyword: String(decoding: cursor.bytes[word], as: UTF8.self), in: dialect) != nil
            {
                return lineStart
            }
            lineStart = cursor.lineEnd(from: line.position) + 1
        }
        return nil
    }
}
