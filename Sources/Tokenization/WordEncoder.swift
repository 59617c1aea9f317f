/// Working memory of a word encoder, kept from word to word.
struct WordMemory {
    var merger = SymbolMerger()
    /// The word in the notation of the vocabulary.
    var written: [UInt8] = []
}

/// Turns one word into tokens.
protocol WordEncoder {
    /// Appends the tokens of the word `text[range]`.
    func encode(_ text: borrowing Span<UInt8>, _ range: Range<Int>, _ memory: inout WordMemory, into ids: inout [TokenID])
}

extension WordEncoder {
    /// Appends the tokens of all words of `text`, which end at `ends`.
    ///
    /// Most words of a text have been there before. Their tokens are copied from where they were put the first time: a small table
    /// remembers, for the length of one call, where a word with a given hash was last seen in the text and among the tokens.
    func encodeWords(_ text: borrowing Span<UInt8>, _ ends: [Int32], into ids: inout [TokenID]) {
        var memory = WordMemory()
        var seen = SeenWords(words: ends.count)
        var start = 0
        for end in ends {
            let range = start..<Int(end)
            start = range.upperBound
            guard let slot = seen.slot(of: text, range) else {
                encode(text, range, &memory, into: &ids)
                continue
            }
            if let known = seen.tokens(of: text, range, slot) {
                for index in known { ids.append(ids[index]) }
            } else {
                let first = ids.count
                encode(text, range, &memory, into: &ids)
                seen.remember(range, tokens: first..<ids.count, slot)
            }
        }
    }
}

/// Where words were last seen, by hash: in the text and among its tokens.
private struct SeenWords {
    private struct Entry {
        var start = 0
        var length = 0
        var tokens = 0..<0
    }

    private var entries: [Entry]
    private let mask: Int

    /// Longer words hardly come twice.
    private static let longest = 64

    /// Texts of a few words are not worth a table.
    init(words: Int) {
        var size = words < 32 ? 0 : 64
        while size > 0, size < words / 2, size < 1 << 14 { size *= 2 }
        entries = [Entry](repeating: Entry(), count: size)
        mask = size - 1
    }

    func slot(of text: borrowing Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard mask > 0, range.count <= Self.longest else { return nil }
        return Int(truncatingIfNeeded: ByteStringTable.hash(text, range) >> 20) & mask
    }

    func tokens(of text: borrowing Span<UInt8>, _ range: Range<Int>, _ slot: Int) -> Range<Int>? {
        let entry = entries[slot]
        guard entry.length == range.count else { return nil }
        for offset in 0..<range.count where text[entry.start + offset] != text[range.lowerBound + offset] { return nil }
        return entry.tokens
    }

    mutating func remember(_ range: Range<Int>, tokens: Range<Int>, _ slot: Int) {
        entries[slot] = Entry(start: range.lowerBound, length: range.count, tokens: tokens)
    }
}
