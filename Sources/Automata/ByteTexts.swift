/// Many short texts in one run of bytes: a vocabulary's tokens without an array for each.
public struct ByteTexts: Sendable {
    @usableFromInline let bytes: [UInt8]
    /// Where each text begins; one more than there are texts.
    @usableFromInline let starts: [Int32]

    public init(_ texts: [[UInt8]]) {
        bytes = Array(texts.joined())
        var starts: [Int32] = [0]
        starts.reserveCapacity(texts.count + 1)
        for text in texts { starts.append(starts[starts.count - 1] + Int32(text.count)) }
        self.starts = starts
    }

    @inlinable public var count: Int { starts.count - 1 }

    @inlinable public func range(_ text: Int32) -> Range<Int> { Int(starts[Int(text)])..<Int(starts[Int(text) + 1]) }

    @inlinable public subscript(_ text: Int32) -> ArraySlice<UInt8> { bytes[range(text)] }

    /// Byte `offset` of a text; 0 past its end.
    @inlinable func byte(_ text: Int32, _ offset: Int) -> UInt8 {
        let range = range(text)
        return offset < range.count ? bytes[range.lowerBound + offset] : 0
    }

    /// The texts in the order of their bytes, shorter ones first where one begins another, then by number. `skipping` says how
    /// many of a text's first bytes do not count.
    public func sorted(_ texts: [Int32], skipping: (Int32) -> Int = { _ in 0 }) -> [Int32] {
        // Most pairs differ in their first eight bytes, which compare as one number.
        let keys = texts.map { text in
            let skipped = skipping(text)
            var key: UInt64 = 0
            for offset in 0..<8 { key = key << 8 | UInt64(byte(text, skipped + offset)) }
            return Key(first: key, text: text, skipped: Int32(skipped))
        }
        return keys.sorted { left, right in
            if left.first != right.first { return left.first < right.first }
            let a = self[left.text].dropFirst(Int(left.skipped))
            let b = self[right.text].dropFirst(Int(right.skipped))
            if a.lexicographicallyPrecedes(b) { return true }
            return a.count == b.count && left.text < right.text && a == b
        }.map(\.text)
    }

    private struct Key {
        var first: UInt64
        var text: Int32
        var skipped: Int32
    }
}
