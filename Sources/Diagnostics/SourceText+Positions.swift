/// Offsets to lines and columns, and back.

/// A place as people count: line and column from 1, the column in Unicode scalars.
public struct SourcePosition: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A place as the Language Server Protocol counts: line and character from 0, characters in UTF-16 units.
public struct UTF16Position: Sendable, Hashable {
    public var line: Int
    public var character: Int

    public init(line: Int, character: Int) {
        self.line = line
        self.character = character
    }
}

extension SourceText {
    public var lineCount: Int { lineStarts.count }

    /// The line, from 1, that holds `offset`; offsets outside the text belong to its first or last line.
    public func line(at offset: Int) -> Int {
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The bytes of `line` (from 1) without its newline; empty for a line that does not exist.
    public func range(ofLine line: Int) -> SourceRange {
        guard line >= 1, line <= lineStarts.count else { return bytes.count..<bytes.count }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] : bytes.count
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return start..<end
    }

    public func position(at offset: Int) -> SourcePosition {
        let line = line(at: offset)
        let start = lineStarts[line - 1]
        let end = min(max(offset, start), bytes.count)
        return SourcePosition(line: line, column: 1 + bytes[start..<end].count { !Self.isContinuation($0) })
    }

    public func utf16Position(at offset: Int) -> UTF16Position {
        let line = line(at: offset)
        let start = lineStarts[line - 1]
        let end = min(max(offset, start), bytes.count)
        return UTF16Position(line: line - 1, character: bytes[start..<end].reduce(0) { $0 + Self.utf16Width(ofLead: $1) })
    }

    /// The offset of a place that an editor named; places past a line's end mean its end, places past the text mean its end.
    public func offset(at position: UTF16Position) -> Int {
        guard position.line >= 0 else { return 0 }
        let line = range(ofLine: position.line + 1)
        var units = 0
        for offset in line where !Self.isContinuation(bytes[offset]) {
            if units >= position.character { return offset }
            units += Self.utf16Width(ofLead: bytes[offset])
        }
        return line.upperBound
    }

    /// The offset of a place as people count; places past a line's end mean its end, places past the text mean its end.
    public func offset(at position: SourcePosition) -> Int {
        let line = range(ofLine: max(position.line, 1))
        var column = 1
        for offset in line where !Self.isContinuation(bytes[offset]) {
            if column >= position.column { return offset }
            column += 1
        }
        return line.upperBound
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// UTF-16 units of the scalar that begins with `byte`; continuation bytes add none.
    private static func utf16Width(ofLead byte: UInt8) -> Int { isContinuation(byte) ? 0 : byte >= 0xF0 ? 2 : 1 }
}
