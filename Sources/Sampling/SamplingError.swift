/// Why no token could be drawn.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
    /// The mask, the logit bias or the logits themselves leave no token that could follow.
    case nothingAllowed
    /// The logits cover another vocabulary than the sampler was made for.
    case logitCount(found: Int, wanted: Int)
    /// The mask has too few words for the vocabulary.
    case maskSize(found: Int, wanted: Int)

    public var description: String {
        switch self {
        case .nothingAllowed: "no token is allowed to follow"
        case .logitCount(let found, let wanted): "\(found) logits for a vocabulary of \(wanted)"
        case .maskSize(let found, let wanted): "a token mask of \(found) words, wanted \(wanted)"
        }
    }
}
