/// SentencePiece's byte-pair encoding ("llama"): a pair of symbols is joined when what they spell is a token, the token with the
/// best score first. Characters that are no token become their bytes' tokens.
struct SentencePieceMerging: Sendable {
    let vocabulary: Vocabulary
    /// Scores as numbers of which the smallest is the best.
    private let priorities: [UInt32]
    /// The token of each byte, or -1.
    private let byteTokens: [TokenID]
    /// Whether no token has a `▁` inside, so that words may be cut before it.
    let mayCutBeforeSpaces: Bool

    private static let stranger: Int32 = -1

    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        priorities = vocabulary.scores.map(Self.priority)
        byteTokens = (0...UInt8.max).map { byte in
            vocabulary.texts.find(ByteToken.text(byte)) ?? vocabulary.texts.find([byte]) ?? Self.stranger
        }
        mayCutBeforeSpaces = !EscapedSpaces.areJoined(inAnyOf: vocabulary.texts)
    }

    /// Whether every byte has a token, so that nothing is ever unknown.
    var hasAllBytes: Bool { !byteTokens.contains(Self.stranger) }

    /// IEEE 754 numbers order like their bits, once those of negative numbers are turned over; here the other way round.
    static func priority(_ score: Float) -> UInt32 {
        let bits = (score + 0).bitPattern
        return bits >> 31 == 1 ? bits : ~(bits | 1 << 31)
    }

    /// Appends `text` as tokens; `isAtStart` says that a space goes before it.
    func encode(_ text: borrowing Span<UInt8>, _ range: Range<Int>, spaceBefore: Bool, into ids: inout [TokenID]) {
        var escaped: [UInt8] = spaceBefore ? EscapedSpaces.mark : []
        EscapedSpaces.append(text, range, to: &escaped)
        let whole = [Int32(truncatingIfNeeded: escaped.count)]
        let ends = mayCutBeforeSpaces ? EscapedSpaces.cut(escaped.span, whole) : whole
        let first = ids.count
        encodeWords(escaped.span, ends, into: &ids)
        if !hasAllBytes { joinUnknown(&ids, from: first) }
    }

    /// Unknown characters in a row are one unknown token.
    private func joinUnknown(_ ids: inout [TokenID], from first: Int) {
        guard let unknown = vocabulary.unknown else { return }
        var kept = first
        for index in first..<ids.count where ids[index] != unknown || kept == first || ids[kept - 1] != unknown {
            ids[kept] = ids[index]
            kept += 1
        }
        ids.removeSubrange(kept...)
    }
}

extension SentencePieceMerging: WordEncoder {
    func encode(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, _ memory: inout WordMemory, into ids: inout [TokenID]
    ) {
        memory.merger.removeAll()
        let texts = vocabulary.texts
        var position = range.lowerBound
        while position < range.upperBound {
            let end = min(position + UTF8Scalars.decode(text, at: position).length, range.upperBound)
            memory.merger.append(texts.find(text, position..<end) ?? Self.stranger, end: end - range.lowerBound)
            position = end
        }
        // A span cannot be captured; the closure reads the word from a copy.
        memory.written.removeAll(keepingCapacity: true)
        for index in range { memory.written.append(text[index]) }
        let word = memory.written
        memory.merger.merge { _, _, start, end in
            guard let id = texts.find(word.span, start..<end) else { return SymbolMerger.none }
            return UInt64(priorities[Int(id)]) << 32 | UInt64(id)
        }
        var start = range.lowerBound
        for index in memory.merger.symbols.indices {
            let end = range.lowerBound + Int(memory.merger.ends[index])
            emit(memory.merger.symbols[index], text, start..<end, into: &ids)
            start = end
        }
    }

    private func emit(
        _ symbol: Int32, _ text: borrowing Span<UInt8>, _ range: Range<Int>, into ids: inout [TokenID]
    ) {
        if symbol != Self.stranger {
            ids.append(symbol)
            return
        }
        for index in range {
            let byte = byteTokens[Int(text[index])]
            if byte != Self.stranger {
                ids.append(byte)
            } else if let unknown = vocabulary.unknown {
                ids.append(unknown)
                return
            }
        }
    }
}
