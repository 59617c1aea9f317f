/// WordPiece ("bert"): words are cut at white space and punctuation, then each is spelled by the longest tokens from the left.
///
/// GGUF turns BERT's notation round: a token that starts a word has `▁` before it, one that continues a word (`##ing`) has nothing.
struct WordPieceModel: Sendable {
    let vocabulary: Vocabulary
    let normalizer: WordPieceNormalizer
    private let trie: TokenTrie

    init(vocabulary: Vocabulary, normalizer: WordPieceNormalizer) {
        self.vocabulary = vocabulary
        self.normalizer = normalizer
        var trie = TokenTrie(capacity: vocabulary.count * 3)
        for id in 0..<vocabulary.count { trie.insert(vocabulary.texts[id], TokenID(truncatingIfNeeded: id)) }
        self.trie = trie
    }

    func encode(_ text: borrowing Span<UInt8>, _ range: Range<Int>, into ids: inout [TokenID]) {
        let (words, ends) = normalizer.words(text, range)
        var start = 0
        for end in ends {
            if !spell(words.span, start..<end, into: &ids), let unknown = vocabulary.unknown { ids.append(unknown) }
            start = end
        }
    }

    /// Characters that a word may have (BERT's `max_input_chars_per_word`); a longer one is unknown.
    private static let longestWord = 100

    /// Appends the tokens of a word, which has its `▁`; nothing where one of its parts is no token, or the word too long.
    private func spell(_ words: borrowing Span<UInt8>, _ word: Range<Int>, into ids: inout [TokenID]) -> Bool {
        guard Self.characters(words, word) <= Self.longestWord + 1 else { return false }
        let count = ids.count
        var position = word.lowerBound
        while position < word.upperBound {
            guard let (token, length) = trie.longestPrefix(words, position..<word.upperBound) else {
                ids.removeSubrange(count...)
                return false
            }
            ids.append(token)
            position += length
        }
        return true
    }

    /// Scalars of UTF-8, counted by the bytes that begin one.
    private static func characters(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        for index in range where text[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
