public import Tokenization

/// What a generation did: why it ended, how many tokens it took and made, and how long that lasted.
public struct GenerationSummary: Sendable, Equatable {
    public enum EndReason: String, Sendable {
        /// The model ended its turn, or a stop string came.
        case stop
        /// `num_predict` or the context's end.
        case length
        case cancelled
    }

    public var endReason = EndReason.stop
    /// Tokens of the prompt, those included whose computation was kept from before.
    public var promptTokens = 0
    public var reusedTokens = 0
    /// Tokens that were taken out of the prompt's middle because the context does not hold them.
    public var omittedTokens = 0
    public var generatedTokens = 0
    /// The tokens of the answer, without one that ended it.
    public var tokens: [TokenID] = []
    /// Tokens that were guessed ahead, and those of them that came.
    public var draftedTokens = 0
    public var acceptedTokens = 0
    public var promptDuration = Duration.zero
    public var generationDuration = Duration.zero

    public init() {}
}
