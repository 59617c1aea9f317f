/// A set of tokens, one bit each, as the sampler takes it.
public struct TokenMask: Hashable, Sendable {
    public internal(set) var words: [UInt64]

    init(tokenCount: Int) { words = [UInt64](repeating: 0, count: (tokenCount + 63) / 64) }

    /// An empty mask of the same vocabulary.
    init(like other: TokenMask) { words = [UInt64](repeating: 0, count: other.words.count) }

    public func contains(_ token: Int32) -> Bool {
        token >= 0 && Int(token >> 6) < words.count && words[Int(token >> 6)] >> UInt64(token & 63) & 1 == 1
    }

    mutating func insert(_ token: Int32) { words[Int(token >> 6)] |= 1 << UInt64(token & 63) }

    mutating func remove(_ token: Int32) { words[Int(token >> 6)] &= ~(1 << UInt64(token & 63)) }

    mutating func insert(_ tokens: ArraySlice<Int32>) {
        var span = words.mutableSpan
        for token in tokens { span[Int(token >> 6)] |= 1 << UInt64(token & 63) }
    }

    mutating func formUnion(_ other: TokenMask) {
        var span = words.mutableSpan
        for index in span.indices { span[index] |= other.words[index] }
    }

    /// Adds what both others have.
    mutating func formUnion(_ one: TokenMask, and other: TokenMask) {
        var span = words.mutableSpan
        for index in span.indices { span[index] |= one.words[index] & other.words[index] }
    }

    mutating func subtract(_ other: TokenMask) {
        var span = words.mutableSpan
        for index in span.indices { span[index] &= ~other.words[index] }
    }

    /// The tokens in it, lowest first.
    var tokens: [Int32] {
        var result: [Int32] = []
        for (index, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                result.append(Int32(index << 6 | rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return result
    }

    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
}
