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

    /// Appends the tokens of a word, which has its `▁`; nothing where one of its parts is no token.
    private func spell(_ words: borrowing Span<UInt8>, _ word: Range<Int>, into ids: inout [TokenID]) -> Bool {
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
}
