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

    /// The bytes in it, lowest first.
    public var elements: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for index in 0..<4 {
            var word = words[index]
            while word != 0 {
                result.append(UInt8(index << 6 | word.trailingZeroBitCount))
                word &= word - 1
            }
        }
        return result
    }

    /// The set as ranges, lowest first.
    public var ranges: [ClosedRange<UInt8>] {
        var result: [ClosedRange<UInt8>] = []
        for byte in elements {
            if let last = result.last, last.upperBound + 1 == byte {
                result[result.count - 1] = last.lowerBound...byte
            } else {
                result.append(byte...byte)
            }
        }
        return result
    }
}
