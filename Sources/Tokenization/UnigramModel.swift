internal import GGUF

/// SentencePiece's unigram model ("t5"): the most probable way to cut the normalised text into tokens.
///
/// Kudo, "Subword Regularization" (2018). Sums are kept in single precision, as the `sentencepiece` library does (0.2.3), so that
/// near ties fall the same way.
struct UnigramModel: Sendable {
    let vocabulary: Vocabulary
    private let normalizer: UnigramNormalizer
    private let trie: TokenTrie
    /// What a token adds to the sum.
    private let scores: [Float]
    private let unknownScore: Float
    /// The token of each byte where the vocabulary has them all, for characters that are no token.
    private let byteTokens: [TokenID]

    private static let unknownPenalty: Float = 10
    /// Below this, sums start again from zero: single precision has too few digits for the sum of a whole book.
    private static let lowestSum: Float = -100_000

    init(vocabulary: Vocabulary, normalizer: UnigramNormalizer) {
        self.vocabulary = vocabulary
        self.normalizer = normalizer
        var trie = TokenTrie(capacity: vocabulary.count * 3)
        var (smallest, largest) = (Float.greatestFiniteMagnitude, -Float.greatestFiniteMagnitude)
        for (id, traits) in vocabulary.traits.enumerated() {
            if traits.contains(.normal) {
                smallest = min(smallest, vocabulary.scores[id])
                largest = max(largest, vocabulary.scores[id])
            }
            if !traits.isDisjoint(with: [.normal, .userDefined]) {
                trie.insert(vocabulary.texts[id], TokenID(truncatingIfNeeded: id))
            }
        }
        self.trie = trie
        unknownScore = smallest - Self.unknownPenalty
        scores = vocabulary.traits.indices.map { id in
            guard vocabulary.traits[id].contains(.userDefined) else { return vocabulary.scores[id] }
            // Better than any other way to cut the same characters.
            return Float(vocabulary.texts[id].count) * largest - 0.1
        }
        let bytes = (0...UInt8.max).compactMap { vocabulary.texts.find(ByteToken.text($0)) }
        byteTokens = bytes.count == 256 && bytes.allSatisfy { vocabulary.traits[Int($0)].contains(.byte) } ? bytes : []
    }

    func encode(_ text: borrowing Span<UInt8>, _ range: Range<Int>, into ids: inout [TokenID]) {
        let normalized = normalizer.normalize(text, range)
        let ends = bestCuts(normalized.span)
        var position = normalized.count
        let first = ids.count
        var followsUnknown = false
        while position > 0 {
            let (token, start) = (ends[position].token, Int(ends[position].start))
            if let token {
                ids.append(token)
            } else if !byteTokens.isEmpty {
                for byte in normalized[start..<position].reversed() { ids.append(byteTokens[Int(byte)]) }
            } else if !followsUnknown, let unknown = vocabulary.unknown {
                ids.append(unknown)
            }
            followsUnknown = token == nil
            position = start
        }
        ids[first...].reverse()
    }

    /// The best token that ends at a place, and where it starts; nil stands for an unknown character.
    private struct Cut {
        var score: Float = 0
        var start: Int32 = -1
        var token: TokenID?
    }

    /// The Viterbi algorithm, forward: for every end of a character, the best way to get there.
    private func bestCuts(_ text: borrowing Span<UInt8>) -> [Cut] {
        var best = [Cut](repeating: Cut(), count: text.count + 1)
        var farthest = 0
        func offer(_ score: Float, _ token: TokenID?, from start: Int, to end: Int) {
            guard best[end].start < 0 || score > best[end].score else { return }
            best[end] = Cut(score: score, start: Int32(truncatingIfNeeded: start), token: token)
            farthest = max(farthest, end)
        }
        var start = 0
        while start < text.count {
            if best[start].score < Self.lowestSum {
                let base = best[start].score
                for end in start...max(start, farthest) where best[end].start >= 0 { best[end].score -= base }
            }
            let score = best[start].score
            let length = UTF8Scalars.decode(text, at: start).length
            var hasWholeCharacter = false
            var node = TokenTrie.root
            var end = start
            while end < text.count, let next = trie.child(node, text[end]) {
                node = next
                end += 1
                guard let token = trie.token(at: node) else { continue }
                offer(scores[Int(token)] + score, token, from: start, to: end)
                if end - start == length { hasWholeCharacter = true }
            }
            if !hasWholeCharacter { offer(unknownScore + score, nil, from: start, to: start + length) }
            start += length
        }
        return best
    }
}
