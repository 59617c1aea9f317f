// Whether one model can guess tokens for another.

/// What the vocabulary of a draft model has in common with that of the model it guesses for.
public enum SharedVocabulary: Sendable, Equatable {
    /// The same tokens under the same numbers: so many from the first on, which is all of them but for padding.
    case tokens(Int)
    /// Where the two first differ.
    case none(String)
}

extension Vocabulary {
    /// Embeddings are padded to round numbers; models of one family differ by no more rows than this.
    private static let largestPadding = 128

    /// Compares this vocabulary, of a draft model, with that of the model that it is to guess for.
    public func shared(with target: Vocabulary) -> SharedVocabulary {
        guard abs(count - target.count) <= Self.largestPadding else {
            return .none("it has \(count) tokens, the model \(target.count)")
        }
        let shared = min(count, target.count)
        // Bytes: String's comparison takes texts for the same that are not.
        for id in 0..<shared where !texts[id].elementsEqual(target.texts[id]) {
            let (ours, theirs) = (text(of: TokenID(id)), target.text(of: TokenID(id)))
            return .none("token \(id) is '\(ours)', in the model '\(theirs)'")
        }
        guard bos == target.bos, eos == target.eos else { return .none("its texts begin or end with other tokens") }
        return .tokens(shared)
    }
}
