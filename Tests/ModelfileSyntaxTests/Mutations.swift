/// Random damage to texts, the same on every run.
struct Mutations {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private static let pieces: [[UInt8]] =
        [
            "\"", "\"\"\"", "\n", "\r\n", "\r", " ", "\t", "#", "FROM ", "PARAMETER ", "MESSAGE user ", "SYSTEM", ":", "=",
            "\u{A0}", "\u{3000}", "👨‍👩‍👧", "\u{0}",
        ]
        .map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    /// A number below `bound`, by SplitMix64.
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, bound)))
    }

    /// `bytes` with one to four pieces inserted, bytes removed, or tails cut off.
    mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) {
            let place = below(bytes.count + 1)
            switch below(4) {
            case 0: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
            case 1: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: Self.pieces[below(Self.pieces.count)], at: place)
            }
        }
        return bytes
    }
}
