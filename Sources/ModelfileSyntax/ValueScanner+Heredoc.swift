import Diagnostics

/// Texts of several lines between `<<WORD` and `WORD`, which only the superset has.
extension ValueScanner {
    /// The first line of a heredoc.
    struct HeredocMark {
        /// From `<<` to the end of the line, its newline included.
        let line: SourceRange
        let word: SourceRange
        let isLiteral: Bool
    }

    /// The mark that begins at `offset`: `<<`, a word of letters, digits and `_`, in single quotes or not, then the line's end.
    static func heredocMark(at offset: Int, in cursor: SourceCursor) -> HeredocMark? {
        guard cursor.bytes[min(offset, cursor.bytes.count)...].starts(with: [0x3C, 0x3C]) else { return nil }
        var probe = cursor
        probe.position = offset + 2
        let isLiteral = probe.byte == 0x27
        if isLiteral { probe.position += 1 }
        let word = probe.skip(while: SourceCursor.isNameByte)
        guard let first = word.first, !(0x30...0x39).contains(cursor.bytes[first]) else { return nil }
        if isLiteral {
            guard probe.byte == 0x27 else { return nil }
            probe.position += 1
        }
        _ = probe.skip(while: SourceCursor.isBlank)
        guard probe.isAtLineEnd else { return nil }
        if !probe.isAtEnd { _ = probe.skipNewline() }
        return HeredocMark(line: offset..<probe.position, word: word, isLiteral: isLiteral)
    }

    func scanHeredoc(_ mark: HeredocMark, in cursor: SourceCursor) -> Scan {
        let quoting = mark.isLiteral ? Quoting.literalHeredoc : .heredoc
        let start = mark.line.upperBound
        var line = cursor
        line.position = start
        var textEnd = start
        while !line.isAtEnd {
            let content = line.position..<line.lineEnd(from: line.position)
            if cursor.bytes[content.lowerBound..<cursor.trimmedEnd(of: content)] == cursor.bytes[mark.word] {
                let end = content.lowerBound + mark.word.count
                return Scan(quoting: quoting, text: start..<textEnd, closeQuote: textEnd..<end)
            }
            textEnd = content.upperBound
            line.position = content.upperBound
            if !line.isAtEnd { _ = line.skipNewline() }
        }
        return Scan(quoting: quoting, text: start..<recoveredEnd(from: start, in: cursor))
    }
}
