/// Finds the number of a byte string: an open-addressing table over strings that lie one after the other in one array.
struct ByteStringTable: Sendable {
    /// All strings, end to end.
    private(set) var bytes: [UInt8] = []
    /// Where each string starts, and where the last one ends.
    private(set) var starts: [Int32] = [0]
    /// Upper half: part of the hash. Lower half: number of the string plus one, or 0 in a free slot.
    private var slots: [UInt64]
    private var mask: Int

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
        mask = size - 1
    }

    var count: Int { starts.count - 1 }

    func range(_ number: Int) -> Range<Int> { Int(starts[number])..<Int(starts[number + 1]) }
    subscript(number: Int) -> ArraySlice<UInt8> { bytes[range(number)] }

    func hasRoom(for more: Int) -> Bool { bytes.count + more <= Int(Int32.max) }

    /// Appends a string and makes its number the one that is found; of equal strings the last one is found.
    ///
    /// - Precondition: all strings together are shorter than 2^31 bytes.
    @discardableResult
    mutating func append(_ string: some Collection<UInt8>) -> Int32 {
        if (count + 1) * 2 > slots.count { grow() }
        let number = Int32(truncatingIfNeeded: count)
        bytes.append(contentsOf: string)
        starts.append(Int32(truncatingIfNeeded: bytes.count))
        insert(number)
        return number
    }

    private mutating func insert(_ number: Int32) {
        let range = range(Int(number))
        let hash = Self.hash(bytes.span, range)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if UInt32(truncatingIfNeeded: slots[slot] >> 32) == UInt32(truncatingIfNeeded: hash >> 32),
                equals(Int(slots[slot] & 0xFFFF_FFFF) - 1, bytes.span, range)
            {
                break
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = (hash & ~0xFFFF_FFFF) | UInt64(number + 1)
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        mask = slots.count - 1
        for number in 0..<count { insert(Int32(truncatingIfNeeded: number)) }
    }

    /// The number of the string that equals `text[range]`.
    func find(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> Int32? {
        let hash = Self.hash(text, range)
        let slots = slots.span
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if UInt32(truncatingIfNeeded: slots[slot] >> 32) == UInt32(truncatingIfNeeded: hash >> 32) {
                let number = Int(slots[slot] & 0xFFFF_FFFF) - 1
                if equals(number, text, range) { return Int32(truncatingIfNeeded: number) }
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    func find(_ text: [UInt8]) -> Int32? { find(text.span, 0..<text.count) }
    func find(_ text: String) -> Int32? { find(Array(text.utf8)) }

    private func equals(_ number: Int, _ text: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = Int(starts[number])
        guard Int(starts[number + 1]) - start == range.count else { return false }
        let bytes = bytes.span
        for offset in 0..<range.count where bytes[start + offset] != text[range.lowerBound + offset] { return false }
        return true
    }

    /// FNV-1a, its bits mixed once more so that the lower ones depend on all of them.
    static func hash(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01B3 }
        return (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15
    }
}
