import Tokenization

/// Guesses that a text goes on as it did before: looks for the last tokens earlier in the sequence, prompt included, and proposes what
/// followed them there (Saxena 2023, "prompt lookup decoding"). Costs two look-ups a token.
final class LookupDrafter: Drafter {
    /// Tokens that must be the same, the longer ones tried first.
    private static let lengths = [4, 2]

    private struct Pattern: Hashable {
        let tokens: SIMD4<TokenID>
    }

    private var tokens: [TokenID] = []
    /// For each length, the place behind the latest occurrence.
    private var places: [[Pattern: Int]] = [[:], [:]]
    /// For each length, the place behind the occurrence before the one that ends the sequence.
    private var earlier: [Int?] = [nil, nil]

    func begin(_ prompt: [TokenID]) {
        tokens.removeAll(keepingCapacity: true)
        for index in places.indices {
            places[index].removeAll(keepingCapacity: true)
            earlier[index] = nil
        }
        for token in prompt { append(token) }
    }

    func append(_ token: TokenID) {
        tokens.append(token)
        for (index, length) in Self.lengths.enumerated() {
            guard tokens.count >= length else { continue }
            var pattern = SIMD4<TokenID>(repeating: -1)
            for offset in 0..<length { pattern[offset] = tokens[tokens.count - length + offset] }
            earlier[index] = places[index].updateValue(tokens.count, forKey: Pattern(tokens: pattern))
        }
    }

    /// The text that was seen stays what it was, wherever the context begins.
    func shift(keep: Int, discard: Int) {}

    func propose(after context: [TokenID], limit: Int) -> [TokenID] {
        guard let place = earlier.compactMap({ $0 }).first else { return [] }
        return Array(tokens[place..<min(place + limit, tokens.count)])
    }
}
