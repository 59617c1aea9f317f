// Qwen2 and Qwen2.5.

/// Yang et al. 2024: Llama's layers with biases on queries, keys and values, and rotary embedding on halves.
enum Qwen2: Architecture {
    static let name = "qwen2"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        return try PreNormDecoder(reader, rope: RotaryEmbedding(.halves, parameters)) { block throws(EngineError) in
            try Attention(block, window: nil)
        }
    }
}
