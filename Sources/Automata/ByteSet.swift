/// A set of bytes, one bit each.
public struct ByteSet: Hashable, Sendable {
    private var words: SIMD4<UInt64>

    public static let none = ByteSet(words: .zero)
    public static let all = ByteSet(words: SIMD4(repeating: .max))

    private init(words: SIMD4<UInt64>) { self.words = words }

    public init(_ range: ClosedRange<UInt8>) {
        words = .zero
        for byte in range { insert(byte) }
    }

    public init(_ bytes: some Sequence<UInt8>) {
        words = .zero
        for byte in bytes { insert(byte) }
    }

    public var isEmpty: Bool { words == .zero }
    public var count: Int { (0..<4).reduce(0) { $0 + words[$1].nonzeroBitCount } }

    public func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }
    public mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    public func union(_ other: ByteSet) -> ByteSet { ByteSet(words: words | other.words) }
    public func intersection(_ other: ByteSet) -> ByteSet { ByteSet(words: words & other.words) }
    public var inverted: ByteSet { ByteSet(words: ~words) }

    /// The set as ranges, lowest first.
    public var ranges: [ClosedRange<UInt8>] {
        var result: [ClosedRange<UInt8>] = []
        var start: UInt8?
        for byte in UInt8.min...UInt8.max {
            let isIn = contains(byte)
            if isIn, start == nil { start = byte }
            if !isIn, let first = start {
                result.append(first...(byte - 1))
                start = nil
            }
        }
        if let first = start { result.append(first...UInt8.max) }
        return result
    }
}
