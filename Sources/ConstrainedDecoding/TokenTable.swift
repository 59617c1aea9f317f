import Automata

/// A vocabulary as masks need it: the texts of its tokens as trees, and the tokens of plain text by their length.
///
/// Most of a vocabulary is plain text: no quotation mark, backslash or control character, whole characters. Inside a JSON string
/// such tokens are right or wrong by their number of characters alone, so they are looked up rather than walked. Between JSON's
/// tokens blanks are: there the tree of texts without their leading blanks is walked.
public final class TokenTable: Sendable {
    /// Number of tokens, which is the number of bits in a mask.
    public let count: Int
    /// Tokens that end a text.
    public let endTokens: [Int32]
    let texts: [[UInt8]]
    /// Control tokens and others that a grammar may name by their text.
    private let named: [String: Int32]
    let everything: TokenTrie
    /// Tokens that are not plain text.
    let others: TokenTrie
    /// Plain tokens of more characters than `plainUpTo` tells.
    let longPlain: TokenTrie
    /// By length: plain tokens of at most so many characters, from none on.
    let plainUpTo: [TokenMask]
    /// All plain tokens.
    let plain: TokenMask
    /// Tokens by their text after leading blanks; `blankCounts` has how many those are.
    let stripped: TokenTrie
    let blankCounts: [UInt16]
    /// Tokens of blanks alone.
    let blankTokens: [Int32]

    static let longestPlain = 24

    /// - Parameters:
    ///   - texts: the bytes of each token by its id; empty for tokens that have no text (control tokens).
    ///   - endTokens: tokens that may follow a complete text, and nothing else.
    ///   - named: tokens that a grammar may ask for by their text.
    public init(texts: [[UInt8]], endTokens: [Int32], named: [String: Int32] = [:]) {
        count = texts.count
        self.endTokens = endTokens.filter { $0 >= 0 && Int($0) < texts.count }
        self.texts = texts
        self.named = named
        let ends = Set(self.endTokens)
        let usable = TokenTrie.ordered(
            texts.enumerated().filter { !$0.element.isEmpty && !ends.contains(Int32($0.offset)) }
                .map { (id: Int32($0.offset), bytes: $0.element) })
        everything = TokenTrie(ordered: usable)
        var plain = TokenMask(tokenCount: texts.count)
        var byLength = [TokenMask](repeating: plain, count: Self.longestPlain + 1)
        var others: [TokenTrie.Text] = []
        var longPlain: [TokenTrie.Text] = []
        for token in usable {
            guard let length = Self.plainLength(token.bytes) else {
                others.append(token)
                continue
            }
            plain.insert(token.id)
            if length <= Self.longestPlain { byLength[length].insert(token.id) } else { longPlain.append(token) }
        }
        for length in 1...Self.longestPlain { byLength[length].formUnion(byLength[length - 1]) }
        plainUpTo = byLength
        self.plain = plain
        self.others = TokenTrie(ordered: others)
        self.longPlain = TokenTrie(ordered: longPlain)
        let blanks = texts.map { UInt16(clamping: $0.prefix(while: Self.isBlank).count) }
        blankCounts = blanks
        let cut = usable.map { (id: $0.id, bytes: Array($0.bytes.dropFirst(Int(blanks[Int($0.id)])))) }
        stripped = TokenTrie(ordered: TokenTrie.ordered(cut))
        blankTokens = cut.filter { $0.bytes.isEmpty }.map(\.id)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// Number of characters of a plain text, nil of any other.
    private static func plainLength(_ bytes: [UInt8]) -> Int? {
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var length = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue: length += 1
            case .emptyInput: return length
            case .error: return nil
            }
        }
    }

    /// The bytes of a token, empty where it has none or is unknown.
    public func bytes(of token: Int32) -> [UInt8] { token >= 0 && Int(token) < count ? texts[Int(token)] : [] }

    /// Whether a grammar's choice of tokens has this one.
    func choice(_ choice: TokenChoice, has token: Int32) -> Bool {
        let isNamed =
            switch choice.token {
            case .id(let id): id == token
            case .text(let text): named[text] == token
            }
        return isNamed != choice.isNegated
    }
}
