/// Normalises text for a unigram model: mapped characters, white space taken together, spaces as `▁`.
struct UnigramNormalizer: Sendable {
    var map: CharacterMap?
    var addsSpaceBefore: Bool
    var removesExtraSpaces: Bool

    private static let space = UInt8(ascii: " ")
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    func normalize(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(range.count + range.count / 4 + 1)
        var position = range.lowerBound
        while position < range.upperBound { position += appendPrefix(text, at: position, range.upperBound, to: &plain) }
        return write(plain)
    }

    /// Appends what stands for the next characters; the result is how many bytes that took.
    private func appendPrefix(
        _ text: borrowing Span<UInt8>, at position: Int, _ end: Int, to plain: inout [UInt8]
    ) -> Int {
        if let (length, replacement) = map?.match(text.extracting(0..<end), at: position) {
            plain.append(contentsOf: replacement)
            return length
        }
        let (scalar, length) = UTF8Scalars.decode(text, at: position)
        if scalar == UTF8Scalars.replacement {
            plain.append(contentsOf: Self.replacement)
        } else {
            for index in position..<position + length { plain.append(text[index]) }
        }
        return length
    }

    /// Applies the rules of white space. Text without any other character is nothing, where extra spaces are removed.
    private func write(_ plain: [UInt8]) -> [UInt8] {
        var characters = plain[...]
        if removesExtraSpaces {
            characters = characters.drop { $0 == Self.space }
        }
        guard !characters.isEmpty else { return [] }
        var written: [UInt8] = addsSpaceBefore ? EscapedSpaces.mark : []
        written.reserveCapacity(characters.count + characters.count / 2)
        var followsSpace = false
        for byte in characters {
            if byte != Self.space {
                written.append(byte)
            } else if !(removesExtraSpaces && followsSpace) {
                written.append(contentsOf: EscapedSpaces.mark)
            }
            followsSpace = byte == Self.space
        }
        while removesExtraSpaces, written.suffix(3).elementsEqual(EscapedSpaces.mark) { written.removeLast(3) }
        return written
    }
}
