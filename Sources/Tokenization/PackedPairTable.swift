/// Maps a pair of numbers, packed into one `UInt64`, to a `UInt64`: merges (two symbols to rank and result) and tries (node and
/// byte to node).
///
/// Open addressing with linear probing, keys and values side by side so that a look-up touches one cache line.
struct PackedPairTable: Sendable {
    /// Key and value alternate. No packed pair has all bits set, which marks a free slot.
    private var slots: [UInt64]
    private var mask: Int
    private(set) var count = 0

    private static let free = UInt64.max

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [UInt64](repeating: Self.free, count: size * 2)
        mask = size - 1
    }

    @inline(__always)
    static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        let mixed = (key ^ key >> 32) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 24) & mask
    }

    @inline(__always)
    subscript(key: UInt64) -> UInt64? {
        let slots = slots.span
        var slot = slot(key)
        while true {
            let found = slots[slot * 2]
            if found == key { return slots[slot * 2 + 1] }
            if found == Self.free { return nil }
            slot = (slot + 1) & mask
        }
    }

    /// Inserts a pair that is not there yet; one that is keeps its first value.
    mutating func insert(_ key: UInt64, _ value: UInt64) {
        if (count + 1) * 2 > mask + 1 { grow() }
        var slot = slot(key)
        while slots[slot * 2] != Self.free {
            if slots[slot * 2] == key { return }
            slot = (slot + 1) & mask
        }
        slots[slot * 2] = key
        slots[slot * 2 + 1] = value
        count += 1
    }

    private mutating func grow() {
        let old = slots
        self = PackedPairTable(capacity: (mask + 1) * 2 / 2 + 1)
        for index in stride(from: 0, to: old.count, by: 2) where old[index] != Self.free { insert(old[index], old[index + 1]) }
    }
}
