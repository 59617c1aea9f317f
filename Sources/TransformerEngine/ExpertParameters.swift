// The numbers of feed-forward networks that are chosen token by token.
import GGUF

/// How many experts a layer has, and how they are weighed. The names in comments are GGUF's, without the architecture.
public struct ExpertParameters: Sendable, Equatable {
    /// Experts of a layer (`expert_count`).
    public let count: Int
    /// Those that a token goes through (`expert_used_count`).
    public let usedCount: Int
    /// Components between the two halves of an expert (`expert_feed_forward_length`).
    public let feedForwardLength: Int
    /// The same for the expert that every token goes through, in families that have one (`expert_shared_feed_forward_length`).
    public let sharedFeedForwardLength: Int
    /// Whether the weights of a token's experts are made to add up to one (`expert_weights_norm`); nil for what the family does.
    public let normalizesWeights: Bool?

    /// - Parameter feedForwardLength: of networks without experts; the experts' own where the file names no other.
    /// - Returns: nil for files without experts.
    init?(_ reader: HyperparameterReader, architecture: String, feedForwardLength: Int) throws(EngineError) {
        count = try reader.int(GGUFKey.expertCount(architecture), in: 0...1024, default: 0)
        guard count > 0 else { return nil }
        usedCount = try reader.int(GGUFKey.expertUsedCount(architecture), in: 1...count)
        self.feedForwardLength = try reader.uniformInt(
            "\(architecture).expert_feed_forward_length", in: 1...(1 << 24), default: feedForwardLength)
        sharedFeedForwardLength = try reader.int(
            "\(architecture).expert_shared_feed_forward_length", in: 1...(1 << 24), default: feedForwardLength)
        normalizesWeights = reader.metadata.bool("\(architecture).expert_weights_norm")
    }
}

extension Hyperparameters {
    /// Components between the halves of the largest network that goes without experts, or besides them.
    var widestFeedForward: Int { max(feedForwardLength, experts?.sharedFeedForwardLength ?? 0) }
}
