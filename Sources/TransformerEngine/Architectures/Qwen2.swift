// Qwen2 and Qwen2.5.

/// Yang et al. 2024: Llama's layers with biases on queries, keys and values, and rotary embedding on halves.
enum Qwen2: Architecture {
    static let name = "qwen2"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        try PreNormDecoder(reader, ropes: [RotaryEmbedding(.halves, reader.parameters)]) { block, index throws(EngineError) in
            try PreNormDecoder.Layer(block, attention: try Attention(block, window: block.parameters.statedWindow(ofLayer: index)))
        }
    }
}
