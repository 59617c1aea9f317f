// Llama 1, 2 and 3; Mistral, which is a Llama with a sliding window; Mixtral, which is a Llama with experts.

/// Touvron et al. 2023: RMS norms before attention and feed-forward network, gated SiLU, rotary embedding on neighbouring
/// pairs (the converter reorders the rows so), grouped queries from Llama 2 70B on.
///
/// Llama 3.1's frequency factors come as the tensor `rope_freqs.weight`; biases are used where a file has them. Mixtral's layers
/// (Jiang et al. 2024) have a router and experts, whose weights add up to one.
enum Llama: Architecture {
    static let name = "llama"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        let factors = reader.has("rope_freqs.weight") ? "rope_freqs.weight" : "rope_factors_short.weight"
        let rope = try reader.rope(.neighbours, factors: factors)
        var decoder = try PreNormDecoder(reader, ropes: [rope]) { block, _ throws(EngineError) in
            try PreNormDecoder.Layer(
                block, attention: try Attention(block, window: parameters.slidingWindow),
                feedForward: try FeedForward(block, normalizesWeights: true))
        }
        try decoder.readLongRope(reader, .neighbours)
        return decoder
    }
}
