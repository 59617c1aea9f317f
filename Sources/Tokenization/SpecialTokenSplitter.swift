/// Cuts text at the tokens that are found before any other rule looks at it: user-defined ones always, control and unknown ones
/// where the caller says so.
///
/// The rule is llama.cpp's: the longest tokens are looked for first, through the whole text, and shorter ones in what is left.
struct SpecialTokenSplitter: Sendable {
    enum Fragment: Equatable {
        case text(Range<Int>)
        case token(TokenID)
    }

    private let traits: [TokenID: TokenTraits]
    private let all: TokenTrie
    private let userDefined: TokenTrie

    init(_ vocabulary: Vocabulary) {
        var traits: [TokenID: TokenTraits] = [:]
        var all = TokenTrie(capacity: 64)
        var userDefined = TokenTrie(capacity: 64)
        for (index, token) in vocabulary.traits.enumerated()
        where !token.isDisjoint(with: [.control, .userDefined, .unknown]) {
            let id = TokenID(truncatingIfNeeded: index)
            traits[id] = token
            all.insert(vocabulary.texts[index], id)
            if token.isDisjoint(with: [.control, .unknown]) { userDefined.insert(vocabulary.texts[index], id) }
        }
        (self.traits, self.all, self.userDefined) = (traits, all, userDefined)
    }

    func split(_ text: borrowing Span<UInt8>, parseSpecial: Bool) -> [Fragment] {
        let occurrences = occurrences(text, parseSpecial ? all : userDefined)
        if occurrences.isEmpty { return text.isEmpty ? [] : [.text(0..<text.count)] }
        var claims = Claims(count: text.count)
        for occurrence in occurrences where claims.take(occurrence) {
            let traits = traits[occurrence.token] ?? []
            if traits.contains(.stripsLeft) { claims.stripBefore(occurrence, text) }
            if traits.contains(.stripsRight) { claims.stripAfter(occurrence, text) }
        }
        return claims.fragments
    }

    fileprivate struct Occurrence {
        let token: TokenID
        let start: Int
        let end: Int
    }

    /// Every place where a token stands, in the order in which they may claim their place.
    private func occurrences(_ text: borrowing Span<UInt8>, _ trie: TokenTrie) -> [Occurrence] {
        let mayStart = (0...UInt8.max).map { trie.child(TokenTrie.root, $0) != nil }
        guard mayStart.contains(true) else { return [] }
        var found: [Occurrence] = []
        for start in text.indices where mayStart[Int(text[start])] {
            var node = TokenTrie.root
            var end = start
            while end < text.count, let next = trie.child(node, text[end]) {
                node = next
                end += 1
                if let token = trie.token(at: node) { found.append(Occurrence(token: token, start: start, end: end)) }
            }
        }
        return found.sorted {
            ($1.end - $1.start, $0.token, $0.start) < ($0.end - $0.start, $1.token, $1.start)
        }
    }
}

/// Who has which byte of a text.
private struct Claims {
    private static let free: Int32 = -1
    private static let stripped: Int32 = -2
    private var owners: [Int32]
    private var taken: [SpecialTokenSplitter.Occurrence] = []

    init(count: Int) { owners = [Int32](repeating: Self.free, count: count) }

    /// Gives a token its place, unless some of it is taken.
    mutating func take(_ occurrence: SpecialTokenSplitter.Occurrence) -> Bool {
        for index in occurrence.start..<occurrence.end where owners[index] != Self.free { return false }
        for index in occurrence.start..<occurrence.end { owners[index] = Int32(truncatingIfNeeded: taken.count) }
        taken.append(occurrence)
        return true
    }

    mutating func stripBefore(_ occurrence: SpecialTokenSplitter.Occurrence, _ text: borrowing Span<UInt8>) {
        var index = occurrence.start - 1
        while index >= 0, owners[index] == Self.free, Self.isSpace(text[index]) {
            owners[index] = Self.stripped
            index -= 1
        }
    }

    mutating func stripAfter(_ occurrence: SpecialTokenSplitter.Occurrence, _ text: borrowing Span<UInt8>) {
        var index = occurrence.end
        while index < owners.count, owners[index] == Self.free, Self.isSpace(text[index]) {
            owners[index] = Self.stripped
            index += 1
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    var fragments: [SpecialTokenSplitter.Fragment] {
        var fragments: [SpecialTokenSplitter.Fragment] = []
        var index = 0
        while index < owners.count {
            let owner = owners[index]
            if owner >= 0 {
                fragments.append(.token(taken[Int(owner)].token))
                index = taken[Int(owner)].end
                continue
            }
            let start = index
            while index < owners.count, owners[index] == owner { index += 1 }
            if owner == Self.free { fragments.append(.text(start..<index)) }
        }
        return fragments
    }
}
