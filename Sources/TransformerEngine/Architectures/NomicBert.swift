// Nomic's BERT: nomic-embed-text 1 and 1.5.

/// Nussbaum et al. 2024: BERT with rotary positions on halves and a gated feed-forward network, without biases but for the
/// norms'.
enum NomicBert: EncoderArchitecture {
    static let name = "nomic-bert"

    static func load(_ reader: WeightReader) throws(EngineError) -> PostNormEncoder {
        let rope = RotaryEmbedding(.halves, reader.parameters)
        return try PostNormEncoder(reader, positions: .rotary(rope)) { block throws(EngineError) in
            .gated(try GatedFeedForward(block))
        }
    }
}
