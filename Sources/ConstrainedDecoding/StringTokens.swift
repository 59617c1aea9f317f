import Automata

/// A vocabulary as a JSON string sees it from between two characters: which tokens stay inside, which close it and what they have
/// after the closing quote.
///
/// Strings are what most of a JSON text is made of, and outside of patterns they differ only in how many characters may still come.
/// So this is worked out once for a vocabulary, by length, and looked up from then on.
struct StringTokens: Sendable {
    /// Tokens that leave the string open, by the characters that begin in them.
    let inside: TokensByLength
    /// Tokens that have the closing quote, by the characters before it.
    let closing: TokensByLength
    /// Those that end with it.
    let closingExactly: TokenMask
    /// Those that have more behind it than what leads to the next string: what they have may be the end of a second part.
    let reachesFarther: TokenMask
    /// The bytes of each token up to its closing quote and with it; 0 for those that have none.
    let closingLengths: [UInt16]
    /// Tokens by what they have after the quote.
    let suffixes: ByteTree

    init(_ texts: ByteTexts, everything: ByteTree) {
        let table = LanguageTable()
        let automaton = ByteAutomaton(table: table)
        let start = automaton.state(for: table.jsonStringAndQuote)
        var inside: [(length: Int, token: Int32)] = []
        var closing: [(length: Int, token: Int32)] = []
        var lengths = [UInt16](repeating: 0, count: texts.count)
        automaton.walk(everything, everything.all, from: start) { node, _, traits in
            let isClosed = traits.contains(.isFinal)
            let depth = everything.nodes[node].depth
            for token in everything.texts[isClosed ? everything.texts(through: node) : everything.texts(at: node)] {
                let characters = Self.characters(in: texts[token].prefix(Int(depth) - (isClosed ? 1 : 0)))
                if isClosed {
                    closing.append((characters, token))
                    lengths[Int(token)] = depth
                } else {
                    inside.append((characters, token))
                }
            }
            return !isClosed
        }
        self.inside = TokensByLength(inside, tokenCount: texts.count)
        self.closing = TokensByLength(closing, tokenCount: texts.count)
        closingLengths = lengths
        var exact = TokenMask(tokenCount: texts.count)
        for (_, token) in closing where Int(lengths[Int(token)]) == texts[token].count { exact.insert(token) }
        closingExactly = exact
        var farther = TokenMask(tokenCount: texts.count)
        for (_, token) in closing where Self.reachesFarther(texts[token].dropFirst(Int(lengths[Int(token)]))) {
            farther.insert(token)
        }
        reachesFarther = farther
        let sorted = texts.sorted(closing.map(\.token)) { Int(lengths[Int($0)]) }
        suffixes = ByteTree(texts, sorted: sorted) { Int(lengths[Int($0)]) }
    }

    private static func reachesFarther(_ rest: ArraySlice<UInt8>) -> Bool {
        let behind = rest.drop { ",: \n\r\t".utf8.contains($0) }
        return behind.first == UInt8(ascii: "\"") ? behind.count > 1 : !behind.isEmpty
    }

    /// How many characters begin in a part of a string. The two halves of an escaped surrogate pair are one.
    private static func characters(in bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                if byte & 0xC0 != 0x80 { count += 1 }
                continue
            }
            count += 1
            guard rest.popFirst() == UInt8(ascii: "u") else { continue }
            let digits = rest.prefix(2)
            rest = rest.dropFirst(4)
            let isHighSurrogate = digits.first.map { $0 | 0x20 == UInt8(ascii: "d") } ?? false
            if isHighSurrogate, let second = digits.dropFirst().first, Self.isEightToB(second) { rest = rest.dropFirst(6) }
        }
        return count
    }

    private static func isEightToB(_ digit: UInt8) -> Bool { "89ab".utf8.contains(digit | 0x20) }
}
