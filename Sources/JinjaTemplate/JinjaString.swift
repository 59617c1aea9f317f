/// Text as Python knows it: a sequence of code points, here kept as UTF-8.
///
/// Swift's own strings compare canonically and count grapheme clusters; both would change what templates write.
struct JinjaString: Hashable, Sendable {
    var bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }
    init(_ text: String) { bytes = Array(text.utf8) }
    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    init(scalars: some Sequence<Unicode.Scalar>) {
        bytes = []
        for scalar in scalars { append(scalar) }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var isEmpty: Bool { bytes.isEmpty }
    var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }

    /// Code points.
    var count: Int { bytes.count { $0 & 0xC0 != 0x80 } }

    var scalars: [Unicode.Scalar] { Array(text.unicodeScalars) }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.isASCII { bytes.append(UInt8(scalar.value)) } else { bytes.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
    }

    /// The text between two places counted in code points.
    func slice(_ range: Range<Int>) -> JinjaString {
        if isASCII { return JinjaString(bytes[range]) }
        return JinjaString(bytes[offset(of: range.lowerBound)..<offset(of: range.upperBound)])
    }

    /// The byte offset of a place counted in code points.
    func offset(of place: Int) -> Int {
        var seen = 0
        for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            if seen == place { return offset }
            seen += 1
        }
        return bytes.count
    }

    /// How many code points lie before a byte offset.
    func place(of offset: Int) -> Int { bytes[..<offset].count { $0 & 0xC0 != 0x80 } }

    /// Each code point as a text of its own.
    var characters: [JinjaString] {
        isASCII ? bytes.map { JinjaString(bytes: [$0]) } : scalars.map { JinjaString(scalars: CollectionOfOne($0)) }
    }

    static func + (left: JinjaString, right: JinjaString) -> JinjaString { JinjaString(bytes: left.bytes + right.bytes) }

    static func < (left: JinjaString, right: JinjaString) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension JinjaString: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self.init(value) }
}

// MARK: - Searching

extension JinjaString {
    /// The byte offset where `needle` first occurs from `start` on. Time grows with the sum of the lengths, not their product.
    func firstOffset(of needle: JinjaString, from start: Int = 0) -> Int? {
        let length = needle.bytes.count
        guard length > 0 else { return start <= bytes.count ? start : nil }
        guard start + length <= bytes.count else { return nil }
        if length > 16 { return longNeedleOffset(needle.bytes, from: start) }
        let first = needle.bytes[0]
        for offset in start...(bytes.count - length) where bytes[offset] == first {
            var matched = 1
            while matched < length, bytes[offset + matched] == needle.bytes[matched] { matched += 1 }
            if matched == length { return offset }
        }
        return nil
    }

    /// Knuth, Morris and Pratt's search.
    private func longNeedleOffset(_ needle: [UInt8], from start: Int) -> Int? {
        var borders = [0]
        borders.reserveCapacity(needle.count)
        var border = 0
        for byte in needle.dropFirst() {
            while border > 0, needle[border] != byte { border = borders[border - 1] }
            if needle[border] == byte { border += 1 }
            borders.append(border)
        }
        var matched = 0
        for offset in start..<bytes.count {
            while matched > 0, needle[matched] != bytes[offset] { matched = borders[matched - 1] }
            if needle[matched] == bytes[offset] { matched += 1 }
            if matched == needle.count { return offset + 1 - matched }
        }
        return nil
    }

    /// The byte offset where `needle` last occurs, ending no later than `end`.
    func lastOffset(of needle: JinjaString, before end: Int? = nil) -> Int? {
        let text = JinjaString(bytes: bytes[..<(end ?? bytes.count)].reversed())
        guard let offset = text.firstOffset(of: JinjaString(bytes: needle.bytes.reversed())) else { return nil }
        return text.bytes.count - offset - needle.bytes.count
    }

    func contains(_ needle: JinjaString) -> Bool { firstOffset(of: needle) != nil }
    func hasPrefix(_ prefix: JinjaString) -> Bool { bytes.starts(with: prefix.bytes) }
    func hasSuffix(_ suffix: JinjaString) -> Bool {
        bytes.count >= suffix.bytes.count && bytes.suffix(suffix.bytes.count).elementsEqual(suffix.bytes)
    }
}

// MARK: - White space

extension Unicode.Scalar {
    /// What Python's `str.isspace`, `str.strip` and `\s` take for white space.
    var isPythonSpace: Bool {
        switch value {
        case 9...13, 28...32, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Where `str.splitlines` breaks.
    var isPythonLineBreak: Bool {
        switch value {
        case 10...13, 28...30, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}

/// White space at the edges of UTF-8 bytes.
enum SpaceScan {
    /// The first offset of `range` that does not begin white space.
    static func skipForward(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let length = bytes[offset] < 0x80 ? 1 : min(bytes[offset] < 0xE0 ? 2 : 3, range.upperBound - offset)
            guard isSpace(bytes[offset..<(offset + length)]) else { break }
            offset += length
        }
        return offset
    }

    /// The end of `range` without the white space in front of it.
    static func skipBackward(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound {
            var start = end - 1
            while start > range.lowerBound, bytes[start] & 0xC0 == 0x80 { start -= 1 }
            guard isSpace(bytes[start..<end]) else { break }
            end = start
        }
        return end
    }

    private static func isSpace(_ character: ArraySlice<UInt8>) -> Bool {
        guard let first = character.first else { return false }
        if first < 0x80 { return character.count == 1 && Unicode.Scalar(first).isPythonSpace }
        return String(decoding: character, as: UTF8.self).unicodeScalars.allSatisfy(\.isPythonSpace)
    }
}
