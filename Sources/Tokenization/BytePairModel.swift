internal import GGUF

/// Byte-pair merging of one model ("gpt2" and its relatives): the merges as a table of symbol pairs.
///
/// A symbol is a token, or a text that only merges know: a step on the way to a token, numbered from the end of the vocabulary on.
struct BytePairModel: Sendable {
    let vocabulary: Vocabulary
    let traits: PreTokenizer.Traits
    /// Pair of symbols to rank (upper half) and joined symbol (lower half).
    private let merges: PackedPairTable
    /// The texts of all symbols: the vocabulary's, then those of the merges alone.
    private let symbols: ByteStringTable
    /// The symbol of each byte; in plain UTF-8, the `<0xXX>` token. `stranger` where the vocabulary has none.
    private let byteSymbols: [Int32]

    /// Whether no merge joins `▁` to something before it, so that words may be cut there.
    let mayCutBeforeSpaces: Bool

    /// A symbol that no merge knows. Not -1, of which a pair would be the table's mark of a free slot.
    private static let stranger = Int32.min

    init(vocabulary: Vocabulary, traits: PreTokenizer.Traits, merges strings: GGUFStrings) throws(TokenizationError) {
        self.vocabulary = vocabulary
        self.traits = traits
        var symbols = vocabulary.texts
        byteSymbols = Self.byteSymbols(&symbols, traits)
        merges = try Self.merges(strings, &symbols)
        self.symbols = symbols
        mayCutBeforeSpaces = traits.escapesSpaces && !EscapedSpaces.areJoined(inAnyOf: symbols)
    }

    private static func byteSymbols(_ symbols: inout ByteStringTable, _ traits: PreTokenizer.Traits) -> [Int32] {
        (0...UInt8.max).map { byte in
            if traits.writesPlainUTF8 { return symbols.find(ByteToken.text(byte)) ?? stranger }
            var text: [UInt8] = []
            ByteAlphabet.append(byte, to: &text)
            return symbols.find(text) ?? symbols.append(text)
        }
    }

    private static func merges(
        _ strings: GGUFStrings, _ symbols: inout ByteStringTable
    ) throws(TokenizationError) -> PackedPairTable {
        var table = PackedPairTable(capacity: strings.count)
        var text: [UInt8] = []
        for rank in strings.indices {
            text.removeAll(keepingCapacity: true)
            strings.append(rank, to: &text)
            // A symbol may start with a space in files whose symbols are plain text.
            let count = text.count
            guard let space = text.dropFirst().firstIndex(of: UInt8(ascii: " ")), space + 1 < count,
                symbols.hasRoom(for: count * 2)
            else { throw .malformedMerge(index: rank, text: String(decoding: text.prefix(80), as: UTF8.self)) }
            let left = symbols.find(text.span, 0..<space)
            let right = symbols.find(text.span, space + 1..<count)
            let leftSymbol = left ?? symbols.append(text[..<space])
            let rightSymbol = right ?? symbols.append(text[(space + 1)...])
            text.remove(at: space)
            let joined = symbols.find(text) ?? symbols.append(text)
            table.insert(
                PackedPairTable.key(leftSymbol, rightSymbol), UInt64(rank) << 32 | UInt64(UInt32(bitPattern: joined)))
        }
        return table
    }

    @inline(__always)
    private func candidate(_ left: Int32, _ right: Int32) -> SymbolMerger.Candidate {
        merges[PackedPairTable.key(left, right)] ?? SymbolMerger.none
    }
}

// MARK: Encoding

extension BytePairModel: WordEncoder {
    /// Appends the tokens of the word `text[range]`.
    func encode(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, _ memory: inout WordMemory, into ids: inout [TokenID]
    ) {
        if let id = wholeWord(text, range, &memory.written) {
            ids.append(id)
            return
        }
        memory.merger.removeAll()
        if traits.writesPlainUTF8 {
            appendCharacters(text, range, &memory.merger)
        } else {
            appendBytes(text, range, &memory.merger)
        }
        memory.merger.merge { left, right, _, _ in candidate(left, right) }
        var start = range.lowerBound
        for index in memory.merger.symbols.indices {
            let end = range.lowerBound + Int(memory.merger.ends[index])
            emit(memory.merger.symbols[index], text, start..<end, into: &ids)
            start = end
        }
    }

    private func wholeWord(_ text: borrowing Span<UInt8>, _ range: Range<Int>, _ written: inout [UInt8]) -> TokenID? {
        if traits.isGemma4 {
            for index in range where text[index] != UInt8(ascii: "\n") { return nil }
            return vocabulary.texts.find(text, range)
        }
        guard traits.ignoresMerges, range.count <= Vocabulary.maximumTokenLength else { return nil }
        written.removeAll(keepingCapacity: true)
        for index in range { ByteAlphabet.append(text[index], to: &written) }
        return vocabulary.texts.find(written)
    }

    private func appendBytes(_ text: borrowing Span<UInt8>, _ range: Range<Int>, _ merger: inout SymbolMerger) {
        for index in range { merger.append(byteSymbols[Int(text[index])], end: index + 1 - range.lowerBound) }
    }

    private func appendCharacters(_ text: borrowing Span<UInt8>, _ range: Range<Int>, _ merger: inout SymbolMerger) {
        var position = range.lowerBound
        while position < range.upperBound {
            let end = position + UTF8Scalars.decode(text, at: position).length
            merger.append(symbols.find(text, position..<end) ?? Self.stranger, end: end - range.lowerBound)
            position = end
        }
    }

    /// Appends the token of a symbol; of one that is no token, the tokens of its bytes, as far as there are any.
    private func emit(
        _ symbol: Int32, _ text: borrowing Span<UInt8>, _ range: Range<Int>, into ids: inout [TokenID]
    ) {
        if symbol != Self.stranger, symbol < vocabulary.count {
            ids.append(symbol)
            return
        }
        for index in range {
            let byte = byteSymbols[Int(text[index])]
            if byte != Self.stranger, byte < vocabulary.count { ids.append(byte) }
        }
    }
}
