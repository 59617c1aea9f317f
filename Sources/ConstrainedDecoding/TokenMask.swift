/// A set of tokens, one bit each, as the sampler takes it.
public struct TokenMask: Hashable, Sendable {
    public internal(set) var words: [UInt64]

    init(tokenCount: Int) { words = [UInt64](repeating: 0, count: (tokenCount + 63) / 64) }

    public func contains(_ token: Int32) -> Bool {
        token >= 0 && Int(token >> 6) < words.count && words[Int(token >> 6)] >> UInt64(token & 63) & 1 == 1
    }

    mutating func insert(_ token: Int32) { words[Int(token >> 6)] |= 1 << UInt64(token & 63) }

    mutating func remove(_ token: Int32) { words[Int(token >> 6)] &= ~(1 << UInt64(token & 63)) }

    mutating func formUnion(_ other: TokenMask) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
}
