// Qwen1.5 and Qwen2 with experts.

/// Yang et al. 2024: Qwen2's attention; experts weighed by their share of the whole softmax, and one that every token goes
/// through, weighed by a sigmoid of its own.
enum Qwen2MoE: Architecture {
    static let name = "qwen2moe"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        try PreNormDecoder(reader, ropes: [RotaryEmbedding(.halves, reader.parameters)]) { block, index throws(EngineError) in
            var feedForward = try FeedForward(block, normalizesWeights: false)
            if case .experts(var experts) = feedForward, let parameters = block.parameters.experts {
                experts.shared = try ExpertFeedForward.SharedExpert(block, parameters)
                feedForward = .experts(experts)
            }
            return try PreNormDecoder.Layer(
                block, attention: try Attention(block, window: block.parameters.statedWindow(ofLayer: index)),
                feedForward: feedForward)
        }
    }
}
