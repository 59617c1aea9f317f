/// SentencePiece's precompiled normalisation: prefixes of text and what to write for them.
///
/// Layout: the size of a trie in bytes (4 bytes, little-endian), the trie, then NUL-terminated replacements. The trie is a double
/// array (Darts-clone): each 32-bit unit holds a label in bits 0-7 and 31, "has a value" in bit 8, the offset of its children in
/// bits 10-30, to be shifted by 8 where bit 9 is set; the value of a node lies in a unit of its own, in bits 0-30.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    init(_ bytes: [UInt8]) throws(TokenizationError) {
        guard bytes.count > 4 else { throw .malformedCharacterMap("\(bytes.count) bytes, too few for a header") }
        let word = { (offset: Int) in (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) } }
        let size = Int(word(0))
        guard size > 0, size % 4 == 0, size < bytes.count - 4 else {
            throw .malformedCharacterMap("a trie of \(size) bytes in \(bytes.count)")
        }
        units = stride(from: 4, to: 4 + size, by: 4).map(word)
        replacements = Array(bytes[(4 + size)...])
        guard replacements.last == 0 else { throw .malformedCharacterMap("the last replacement has no end") }
    }

    /// The longest mapped prefix of `text` from `position` on: its length, and what stands for it.
    func match(_ text: borrowing Span<UInt8>, at position: Int) -> (length: Int, replacement: ArraySlice<UInt8>)? {
        var (length, value) = (0, 0)
        guard var node = units.first.map(Self.offset) else { return nil }
        for index in position..<text.count {
            let byte = text[index]
            node ^= Int(byte)
            guard byte != 0, node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { break }
            let unit = units[node]
            node ^= Self.offset(unit)
            // Units point at units; in a damaged map they may point anywhere.
            guard node < units.count else { break }
            if unit & 0x100 != 0 {
                length = index + 1 - position
                value = Int(units[node] & 0x7FFF_FFFF)
            }
        }
        guard length > 0, value < replacements.count else { return nil }
        let end = replacements[value...].firstIndex(of: 0) ?? replacements.count
        return (length, replacements[value..<end])
    }

    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }
}
