/// Text as the splitting rules see it: one cell per character.
///
/// An ASCII character is its own cell; any other is 0x80 plus its `ScalarKind`.
struct CharacterCells: ~Copyable {
    private(set) var cells: [UInt8] = []
    /// Where each character starts, and at the end where the last one ends; empty where every character is one byte.
    private var offsets: [Int32] = []
    /// The characters themselves, where a rule asks for them.
    private(set) var scalars: [UInt32] = []

    /// - Precondition: `text` has fewer than 2^31 bytes.
    init(_ text: borrowing Span<UInt8>, withScalars: Bool) {
        cells.reserveCapacity(text.count)
        var position = 0
        while position < text.count, text[position] < 0x80 {
            cells.append(text[position])
            position += 1
        }
        guard position < text.count else {
            if withScalars { scalars = cells.map(UInt32.init) }
            return
        }
        offsets = Array(0..<Int32(position))
        offsets.reserveCapacity(text.count + 1)
        if withScalars { scalars = cells.map(UInt32.init) }
        while position < text.count {
            let (scalar, length) = UTF8Scalars.decode(text, at: position)
            cells.append(scalar < 0x80 ? UInt8(scalar) : 0x80 | ScalarKind.table[Int(scalar)])
            offsets.append(Int32(truncatingIfNeeded: position))
            if withScalars { scalars.append(scalar) }
            position += length
        }
        offsets.append(Int32(truncatingIfNeeded: position))
    }

    var count: Int { cells.count }

    /// The offset in bytes of the character at `index`, or of the end.
    func offset(_ index: Int32) -> Int32 { offsets.isEmpty ? index : offsets[Int(index)] }
}
