import Diagnostics

/// A position in the bytes of a Modelfile, and the smallest things that can be read there.
struct SourceCursor {
    let bytes: [UInt8]
    var position = 0

    init(_ source: SourceText) { bytes = source.bytes }

    var isAtEnd: Bool { position >= bytes.count }
    /// The byte at the position, nil at the end.
    var byte: UInt8? { isAtEnd ? nil : bytes[position] }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    static func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
    static func isNameByte(_ byte: UInt8) -> Bool { isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F }

    var isAtBlank: Bool { byte.map(Self.isBlank) ?? false }
    var isAtLineEnd: Bool { byte.map(Self.isNewline) ?? true }

    /// Moves over bytes while they satisfy `condition` and returns what was passed.
    mutating func skip(while condition: (UInt8) -> Bool) -> SourceRange {
        let start = position
        while position < bytes.count, condition(bytes[position]) { position += 1 }
        return start..<position
    }

    mutating func skipNewline() -> SourceRange {
        let start = position
        let isCRLF = bytes[position...].starts(with: [0x0D, 0x0A])
        position += isCRLF ? 2 : 1
        return start..<position
    }

    mutating func skipInvisible() -> SourceRange {
        let start = position
        while let length = invisibleLength(at: position) { position += length }
        return start..<position
    }

    /// Moves over everything up to a blank, another separator of words such as a no-break space, or the line's end.
    mutating func skipWord() -> SourceRange {
        let start = position
        while let byte, !Self.isBlank(byte), !Self.isNewline(byte) {
            let (scalar, length) = scalar(at: position)
            if byte >= 0x80, scalar.properties.isWhitespace { break }
            position += length
        }
        return start..<position
    }

    /// Whether `count` double quotes stand at `offset`.
    func hasQuotes(_ count: Int, at offset: Int) -> Bool {
        offset + count <= bytes.count && bytes[offset..<offset + count].allSatisfy { $0 == 0x22 }
    }

    /// Where the line that holds `offset` ends, before its newline.
    func lineEnd(from offset: Int) -> Int {
        var end = offset
        while end < bytes.count, !Self.isNewline(bytes[end]) { end += 1 }
        return end
    }

    /// The UTF-8 length of the invisible character at `offset`, nil where there is none.
    func invisibleLength(at offset: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        let byte = bytes[offset]
        if byte >= 0x21, byte < 0x7F { return nil }
        let (scalar, length) = scalar(at: offset)
        return InvisibleCharacters.contains(scalar) ? length : nil
    }

    /// The end of the last character of `range` that shows something, nil where none does.
    func visibleEnd(in range: SourceRange) -> Int? {
        var end = range.upperBound
        while end > range.lowerBound {
            var start = end - 1
            while start > range.lowerBound, bytes[start] & 0xC0 == 0x80 { start -= 1 }
            let isSkipped = Self.isBlank(bytes[start]) || Self.isNewline(bytes[start]) || invisibleLength(at: start) != nil
            if !isSkipped { return end }
            end = start
        }
        return nil
    }

    /// The end of `range` without blanks and newlines behind it.
    func trimmedEnd(of range: SourceRange) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, Self.isBlank(bytes[end - 1]) || Self.isNewline(bytes[end - 1]) { end -= 1 }
        return end
    }

    /// The scalar that begins at `offset`; the bytes are valid UTF-8, since they came out of a string.
    func scalar(at offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let lead = bytes[offset]
        let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard length > 1, offset + length <= bytes.count else { return (Unicode.Scalar(lead), 1) }
        var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
        for continuation in bytes[offset + 1..<offset + length] { value = value << 6 | UInt32(continuation & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }
}
