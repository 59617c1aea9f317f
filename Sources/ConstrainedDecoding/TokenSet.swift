/// Some of a vocabulary's tokens: a list while they are few, which is most sets, a mask when they are many.
enum TokenSet {
    case few([Int32])
    case many(TokenMask)

    /// Past this a list is no smaller than a mask's words, nor quicker to go through.
    private static let most = 1_024

    init(_ tokens: [Int32], tokenCount: Int) {
        guard tokens.count > TokenSet.most else {
            self = .few(tokens)
            return
        }
        var mask = TokenMask(tokenCount: tokenCount)
        mask.insert(tokens[...])
        self = .many(mask)
    }

    func insert(into mask: inout TokenMask) {
        switch self {
        case .few(let tokens): mask.insert(tokens[...])
        case .many(let own): mask.formUnion(own)
        }
    }

    /// Adds to `mask` those that `allowed` has.
    func insert(allowedBy allowed: TokenMask, into mask: inout TokenMask) {
        switch self {
        case .few(let tokens): for token in tokens where allowed.contains(token) { mask.insert(token) }
        case .many(let own): mask.formUnion(own, and: allowed)
        }
    }

    /// Those that `allowed` has.
    func filtered(by allowed: TokenMask) -> TokenSet {
        switch self {
        case .few(let tokens): return .few(tokens.filter { allowed.contains($0) })
        case .many(let own):
            var mask = TokenMask(like: own)
            mask.formUnion(own, and: allowed)
            return .many(mask)
        }
    }
}
