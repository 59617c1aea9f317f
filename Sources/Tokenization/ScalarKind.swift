/// What kind of character a Unicode scalar is, as far as splitting rules tell characters apart.
///
/// These are the one-letter general categories, with White_Space lifted out of `separator` and `control`.
enum ScalarKind: UInt8, CaseIterable, Sendable {
    case unassigned, number, letter, separator, mark, punctuation, symbol, control
    case whiteSpace

    init(_ scalar: UInt32) {
        let byte = scalar < UInt32(Self.table.count) ? Self.table[Int(scalar)] : 0
        self = ScalarKind(rawValue: byte) ?? .unassigned
    }

    /// The raw kind of every scalar. A flat table: looked at once per character of every text, filled in half a millisecond.
    static let table: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 0x110000)
        let runs = UnicodeTable.kindRuns
        for (index, run) in runs.enumerated() {
            let end = index + 1 < runs.count ? Int(runs[index + 1] >> 3) : table.count
            for scalar in Int(run >> 3)..<end { table[scalar] = UInt8(run & 7) }
        }
        for scalar in whiteSpaceScalars { table[Int(scalar)] = ScalarKind.whiteSpace.rawValue }
        return table
    }()

    /// White_Space of PropList.txt.
    private static let whiteSpaceScalars: [UInt32] =
        Array(0x09...0x0D) + Array(0x2000...0x200A) + [0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
}
