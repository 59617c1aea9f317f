// Gemma, its first generation.

/// Gemma Team 2024: Llama's layers with GELU, heads whose size is not the width's share, and embeddings multiplied with the
/// root of the width. The converter adds the one that norms are stored less.
enum Gemma: Architecture {
    static let name = "gemma"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        var decoder = try PreNormDecoder(reader, ropes: [RotaryEmbedding(.halves, parameters)]) { block, _ throws(EngineError) in
            try PreNormDecoder.Layer(
                block, attention: try Attention(block, window: nil),
                feedForward: .gated(try GatedFeedForward(block, activation: .gelu)))
        }
        decoder.embeddingScale = Float(parameters.width).squareRoot()
        return decoder
    }
}
