/// Tokens by a length of theirs, ready to be taken from one length to another.
struct TokensByLength: Sendable {
    /// By length: tokens of at most that length.
    private let upTo: [TokenMask]
    private let all: TokenMask
    /// Longer ones than `upTo` tells, by length.
    private let long: [(length: Int, token: Int32)]

    private static let longestMasked = 32

    init(_ tokens: [(length: Int, token: Int32)], tokenCount: Int) {
        let none = TokenMask(tokenCount: tokenCount)
        var masks = [TokenMask](repeating: none, count: Self.longestMasked + 1)
        var all = none
        for (length, token) in tokens {
            all.insert(token)
            if length <= Self.longestMasked { masks[length].insert(token) }
        }
        for length in 1...Self.longestMasked { masks[length].formUnion(masks[length - 1]) }
        upTo = masks
        self.all = all
        long = tokens.filter { $0.length > Self.longestMasked }.sorted { $0.length < $1.length }
    }

    /// The tokens of `least` to `most`; nil is without limit.
    func tokens(least: Int, most: Int?) -> TokenMask {
        var mask: TokenMask
        if most.map({ $0 >= long.last?.length ?? Self.longestMasked }) ?? true {
            mask = all
        } else {
            mask = upTo[min(most ?? 0, Self.longestMasked)]
            for (length, token) in long where length <= most ?? 0 { mask.insert(token) }
        }
        guard least > 0 else { return mask }
        mask.subtract(upTo[min(least - 1, Self.longestMasked)])
        for (length, token) in long where length < least { mask.remove(token) }
        return mask
    }
}
