// BERT, and the sentence embedders made of it: MiniLM, BGE, E5, DistilBERT.

/// Devlin et al. 2018: learned positions, biases everywhere, a plain feed-forward network with GELU, layer norms behind each
/// residual sum.
enum Bert: EncoderArchitecture {
    static let name = "bert"

    static func load(_ reader: WeightReader) throws(EngineError) -> PostNormEncoder {
        let parameters = reader.parameters
        let positions = try reader.matrix(
            "position_embd.weight", rows: parameters.contextLength, columns: parameters.width)
        return try PostNormEncoder(reader, positions: .learned(positions)) { block throws(EngineError) in
            .plain(try PlainFeedForward(block))
        }
    }
}
