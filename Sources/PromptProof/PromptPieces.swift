/// A prompt cut into the pieces that a difference is told in: words, marks such as `<|im_start|>` and `[INST]`, single line breaks
/// and other signs.
struct PromptPieces {
    /// Byte offsets into the prompt, without gaps.
    private(set) var ranges: [Range<Int>] = []
    private let bytes: [UInt8]

    /// - Parameters:
    ///   - start: where the first piece begins.
    ///   - cuts: byte offsets that no word goes across, in ascending order: where one thing that was written ends and another begins.
    init(_ bytes: [UInt8], from start: Int = 0, cuts: [Int] = []) {
        self.bytes = bytes
        var position = min(start, bytes.count)
        var cuts = cuts[...]
        while position < bytes.count {
            cuts = cuts.drop { $0 <= position }
            let end = Self.end(of: bytes, at: position, cut: cuts.first ?? bytes.count)
            ranges.append(position..<end)
            position = end
        }
    }

    var texts: [ArraySlice<UInt8>] { ranges.map { bytes[$0] } }

    /// Whether a piece begins at a byte offset; the end counts as one.
    func begins(at offset: Int) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound < offset { low = middle + 1 } else { high = middle }
        }
        return low == ranges.count ? offset == bytes.count : ranges[low].lowerBound == offset
    }

    func isMark(_ index: Int) -> Bool { ranges[index].count > 2 && Self.closer(of: bytes[ranges[index].lowerBound]) != nil }

    private static let longestMark = 48

    private static func closer(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "<"): UInt8(ascii: ">")
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: nil
        }
    }

    private static func end(of bytes: [UInt8], at start: Int, cut: Int) -> Int {
        if let closer = closer(of: bytes[start]), let end = markEnd(bytes, start, closer) { return end }
        guard isWord(bytes[start]) else { return start + 1 }
        var end = start + 1
        while end < cut, isWord(bytes[end]) { end += 1 }
        return end
    }

    /// The end of a mark: no white space and no other beginning of a mark inside; `[` only before capitals, so that lists are none.
    private static func markEnd(_ bytes: [UInt8], _ start: Int, _ closer: UInt8) -> Int? {
        if closer == UInt8(ascii: "]") {
            guard start + 1 < bytes.count, [0x2F, 0x7C].contains(bytes[start + 1]) || (0x41...0x5A).contains(bytes[start + 1])
            else {
                return nil
            }
        }
        for end in (start + 1)..<min(bytes.count, start + longestMark) {
            if bytes[end] == closer { return end + 1 }
            if bytes[end] <= 0x20 || bytes[end] == bytes[start] { return nil }
        }
        return nil
    }

    /// Letters, digits, `_`, and whatever is not ASCII.
    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
