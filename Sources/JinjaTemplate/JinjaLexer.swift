/// Cuts a template into words, with the white space rules of `trim_blocks` and `lstrip_blocks` as transformers sets them.
///
/// Works on the bytes as they were written, so that every token's range is one in the template's own text.
struct JinjaLexer {
    let bytes: [UInt8]
    let options: JinjaWhitespace
    /// Without the one newline at the end, which Jinja drops.
    let end: Int
    var position = 0
    var tokens: [JinjaToken] = []

    init(_ bytes: [UInt8], options: JinjaWhitespace) {
        self.bytes = bytes
        self.options = options
        var end = bytes.count
        if !options.keepsTrailingNewline, let last = bytes.last, last.isNewline {
            end -= 1
            if last == UInt8(ascii: "\n"), end > 0, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        }
        self.end = end
    }

    mutating func tokenize() throws(JinjaProblem) -> [JinjaToken] {
        while position < end { try lexDataAndTag() }
        tokens.append(JinjaToken(kind: .end, range: end..<end))
        return tokens
    }

    func byte(_ offset: Int) -> UInt8? { offset < end ? bytes[offset] : nil }

    func starts(_ text: StaticString, at offset: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset + count <= end else { return false }
        return zip(bytes[offset..<(offset + count)], text.description.utf8).allSatisfy { $0 == $1 }
    }

    func problem(_ text: String, _ range: Range<Int>) -> JinjaProblem { JinjaProblem(text, kind: .syntax, range: range) }

    // MARK: - Text

    private enum Tag { case output, block, comment }

    private func nextTag(from start: Int) -> (offset: Int, tag: Tag)? {
        var offset = start
        while offset + 1 < end {
            if bytes[offset] == UInt8(ascii: "{") {
                switch bytes[offset + 1] {
                case UInt8(ascii: "{"): return (offset, .output)
                case UInt8(ascii: "%"): return (offset, .block)
                case UInt8(ascii: "#"): return (offset, .comment)
                default: break
                }
            }
            offset += 1
        }
        return nil
    }

    private mutating func lexDataAndTag() throws(JinjaProblem) {
        guard let (start, tag) = nextTag(from: position) else {
            emitData(position..<end)
            position = end
            return
        }
        let sign = sign(at: start + 2)
        emitData(trimmed(position..<start, sign: sign, stripsLine: tag != .output))
        position = start
        if tag == .block, let body = rawBegin(at: start) { return try lexRaw(from: body, tag: start) }
        position = start + (sign == nil ? 2 : 3)
        switch tag {
        case .comment: try lexComment(from: start)
        case .output:
            tokens.append(JinjaToken(kind: .outputBegin, range: start..<position))
            try lexExpression(isBlock: false, opening: start)
        case .block:
            tokens.append(JinjaToken(kind: .blockBegin, range: start..<position))
            try lexExpression(isBlock: true, opening: start)
        }
    }

    private func sign(at offset: Int) -> UInt8? {
        guard let byte = byte(offset), byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") else { return nil }
        return byte
    }

    /// The text in front of a tag, as the tag's sign and its own line leave it.
    private func trimmed(_ range: Range<Int>, sign: UInt8?, stripsLine: Bool) -> Range<Int> {
        if sign == UInt8(ascii: "-") { return range.lowerBound..<SpaceScan.skipBackward(bytes, range) }
        guard sign == nil, stripsLine, options.stripsLines else { return range }
        let lineStart = bytes[range].lastIndex { $0.isNewline }.map { $0 + 1 } ?? range.lowerBound
        let isLineStart = lineStart > range.lowerBound || lineStart == 0 || bytes[lineStart - 1].isNewline
        guard isLineStart, SpaceScan.skipForward(bytes, lineStart..<range.upperBound) == range.upperBound else { return range }
        return range.lowerBound..<lineStart
    }

    private mutating func emitData(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        tokens.append(JinjaToken(kind: .data(JinjaString(bytes: Self.normalizingNewlines(bytes[range]))), range: range))
    }

    static func normalizingNewlines(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "\r")) else { return Array(bytes) }
        var normalized: [UInt8] = []
        normalized.reserveCapacity(bytes.count)
        var wasReturn = false
        for byte in bytes {
            if byte == UInt8(ascii: "\r") {
                normalized.append(UInt8(ascii: "\n"))
            } else if byte != UInt8(ascii: "\n") || !wasReturn {
                normalized.append(byte)
            }
            wasReturn = byte == UInt8(ascii: "\r")
        }
        return normalized
    }

    // MARK: - Ends of tags

    /// Moves past the newline after a tag, where those are trimmed.
    func afterNewline(_ offset: Int) -> Int {
        guard options.trimsBlocks, let byte = byte(offset), byte.isNewline else { return offset }
        return byte == UInt8(ascii: "\r") && self.byte(offset + 1) == UInt8(ascii: "\n") ? offset + 2 : offset + 1
    }

    /// Where the text after a tag's end begins, if one ends here: `+%}`, `-%}` and its white space, `%}` and its newline.
    func tagEnd(_ closing: StaticString, at offset: Int) -> Int? {
        if starts(closing, at: offset) { return afterNewline(offset + 2) }
        if byte(offset) == UInt8(ascii: "+"), starts(closing, at: offset + 1) { return offset + 3 }
        if byte(offset) == UInt8(ascii: "-"), starts(closing, at: offset + 1) {
            return SpaceScan.skipForward(bytes, (offset + 3)..<end)
        }
        return nil
    }

    private mutating func lexComment(from start: Int) throws(JinjaProblem) {
        var offset = position
        while offset < end {
            if let after = tagEnd("#}", at: offset) {
                position = after
                return
            }
            offset += 1
        }
        throw problem("Missing end of comment tag", start..<(start + 2))
    }

    // MARK: - Raw blocks

    /// Where the body begins, if the tag at `start` is `{% raw %}`.
    private func rawBegin(at start: Int) -> Int? {
        guard let inner = word("raw", after: start + (sign(at: start + 2) == nil ? 2 : 3)) else { return nil }
        if starts("-%}", at: inner) { return SpaceScan.skipForward(bytes, (inner + 3)..<end) }
        return starts("%}", at: inner) ? inner + 2 : nil
    }

    /// The offset after `text` and the white space round it.
    private func word(_ text: StaticString, after offset: Int) -> Int? {
        let start = SpaceScan.skipForward(bytes, offset..<end)
        guard starts(text, at: start) else { return nil }
        return SpaceScan.skipForward(bytes, (start + text.utf8CodeUnitCount)..<end)
    }

    private mutating func lexRaw(from body: Int, tag: Int) throws(JinjaProblem) {
        var offset = body
        while offset < end {
            if starts("{%", at: offset) {
                let sign = sign(at: offset + 2)
                if let inner = word("endraw", after: offset + (sign == nil ? 2 : 3)), let after = tagEnd("%}", at: inner) {
                    emitData(trimmed(body..<offset, sign: sign, stripsLine: true))
                    position = after
                    return
                }
            }
            offset += 1
        }
        throw problem("Missing end of raw directive", tag..<(tag + 2))
    }
}

/// How white space round tags is treated. Chat templates are written for the settings of transformers.
public struct JinjaWhitespace: Sendable, Equatable {
    /// The newline after a block tag is dropped.
    public var trimsBlocks: Bool
    /// Blanks between a line's start and a block tag are dropped.
    public var stripsLines: Bool
    public var keepsTrailingNewline: Bool

    public init(trimsBlocks: Bool = true, stripsLines: Bool = true, keepsTrailingNewline: Bool = false) {
        (self.trimsBlocks, self.stripsLines, self.keepsTrailingNewline) = (trimsBlocks, stripsLines, keepsTrailingNewline)
    }

    public static let transformers = JinjaWhitespace()
}
