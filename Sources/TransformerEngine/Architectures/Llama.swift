// Llama 1, 2 and 3, and Mistral, which is a Llama with a sliding window.

/// Touvron et al. 2023: RMS norms before attention and feed-forward network, gated SiLU, rotary embedding on neighbouring
/// pairs (the converter reorders the rows so), grouped queries from Llama 2 70B on.
///
/// Llama 3.1's frequency factors come as the tensor `rope_freqs.weight`; biases are used where a file has them.
enum Llama: Architecture {
    static let name = "llama"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        let factors = try reader.optionalVector("rope_freqs.weight", count: parameters.ropeLength / 2)
        let rope = RotaryEmbedding(.neighbours, parameters, factors: factors?.values)
        return try PreNormDecoder(reader, rope: rope) { block throws(EngineError) in
            try Attention(block, window: parameters.slidingWindow)
        }
    }
}
