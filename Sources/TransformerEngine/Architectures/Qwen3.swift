// Qwen3, dense.

/// Yang et al. 2025: Llama's layers with an RMS norm on each query and key head before they are turned, rotary embedding on
/// halves, and heads whose size is not the width's share.
enum Qwen3: Architecture {
    static let name = "qwen3"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        try PreNormDecoder(reader, ropes: [RotaryEmbedding(.halves, reader.parameters)]) { block, index throws(EngineError) in
            try PreNormDecoder.Layer(
                block, attention: try Attention(normingHeads: block, window: block.parameters.statedWindow(ofLayer: index)))
        }
    }
}
