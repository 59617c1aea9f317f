import Automata
import JSONSchemaGrammar

/// A vocabulary as masks need it: the texts of its tokens as trees, and what of it can be looked up instead of walked.
///
/// Most of a vocabulary is plain text: no quotation mark, backslash or control character, whole characters. Where a lexeme takes
/// any such character again and again, all those tokens are right at once, and only the tree of the others is walked; the same for
/// words of ASCII letters, digits and a few signs, which patterns are fond of. Between JSON's tokens blanks mean nothing: there the
/// tree of texts without their leading blanks is walked.
public final class TokenTable: Sendable {
    /// Number of tokens, which is the number of bits in a mask.
    public let count: Int
    /// Tokens that end a text.
    public let endTokens: [Int32]
    let texts: ByteTexts
    /// Control tokens and others that a grammar may name by their text.
    private let named: [String: Int32]
    let everything: ByteTree
    let plain: Slice
    let words: Slice
    let strings: StringTokens
    /// Tokens up to some lengths in bytes, the longest first, with the trees of those that are longer.
    let byBytes: [(most: Int, slice: Slice)]
    /// Tokens by their text after leading blanks; `blankCounts` has how many those are.
    let stripped: ByteTree
    let blankCounts: [UInt16]
    /// Tokens of blanks alone.
    let blankTokens: [Int32]
    /// Tokens that begin with blanks, those with most first.
    let byBlanks: [Int32]

    /// Tokens that are all of one kind, and the tree of those that are not.
    struct Slice: Sendable {
        let tokens: TokenMask
        let others: ByteTree
    }

    /// - Parameters:
    ///   - texts: the bytes of each token by its id; empty for tokens that have no text (control tokens).
    ///   - endTokens: tokens that may follow a complete text, and nothing else.
    ///   - named: tokens that a grammar may ask for by their text.
    public init(texts: [[UInt8]], endTokens: [Int32], named: [String: Int32] = [:]) {
        count = texts.count
        self.endTokens = endTokens.filter { $0 >= 0 && Int($0) < texts.count }
        self.named = named
        let all = ByteTexts(texts)
        self.texts = all
        let ends = Set(self.endTokens)
        let usable = all.sorted((0..<Int32(texts.count)).filter { !all[$0].isEmpty && !ends.contains($0) })
        everything = ByteTree(all, sorted: usable)
        func slice(_ isMember: (ArraySlice<UInt8>) -> Bool) -> Slice {
            var mask = TokenMask(tokenCount: texts.count)
            var others: [Int32] = []
            for token in usable { if isMember(all[token]) { mask.insert(token) } else { others.append(token) } }
            return Slice(tokens: mask, others: ByteTree(all, sorted: others))
        }
        plain = slice(PlainText.isPlain)
        words = slice { $0.allSatisfy(PlainText.wordBytes.contains) }
        strings = StringTokens(all, everything: everything)
        byBytes = [64, 32, 16, 8].map { most in (most, slice { $0.count <= most }) }
        let blanks = (0..<Int32(texts.count)).map { UInt16(clamping: all[$0].prefix(while: Self.isBlank).count) }
        blankCounts = blanks
        let skipping = { (token: Int32) in Int(blanks[Int(token)]) }
        stripped = ByteTree(all, sorted: all.sorted(usable, skipping: skipping), skipping: skipping)
        blankTokens = usable.filter { all[$0].count == Int(blanks[Int($0)]) }
        byBlanks = usable.filter { blanks[Int($0)] > 0 }.sorted { blanks[Int($0)] > blanks[Int($1)] }
        JSONMachine.prepare()
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// The bytes of a token, empty where it has none or is unknown.
    public func bytes(of token: Int32) -> [UInt8] { token >= 0 && Int(token) < count ? Array(texts[token]) : [] }

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
