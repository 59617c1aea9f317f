// Qwen3 with experts.

/// Yang et al. 2025: Qwen3's attention; each layer has many small experts, and the weights of those that are chosen add up to one.
enum Qwen3MoE: Architecture {
    static let name = "qwen3moe"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        try PreNormDecoder(reader, ropes: [RotaryEmbedding(.halves, reader.parameters)]) { block, index throws(EngineError) in
            try PreNormDecoder.Layer(
                block, attention: try Attention(normingHeads: block, window: block.parameters.statedWindow(ofLayer: index)),
                feedForward: try FeedForward(block, normalizesWeights: true))
        }
    }
}
