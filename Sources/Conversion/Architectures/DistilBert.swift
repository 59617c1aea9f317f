import GGUF

/// DistilBertModel (Sanh et al. 2019): BERT's layers under other names, without types of sentences.
struct DistilBert: CheckpointArchitecture {
    static let className = "DistilBertModel"
    static let aliases = ["DistilBertForMaskedLM"]
    static let ggufName = "bert"

    let dimensions: EncoderDimensions
    let warnings: [String]

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try EncoderDimensions(
            config, contextLength: try config.int("max_position_embeddings", in: CheckpointConfig.widths), defaultTypeCount: 1)
        warnings = try config.geluWarnings("activation")
    }

    var vocabularySize: Int { dimensions.vocabularySize }
    var makesEmbeddings: Bool { true }

    func write(to metadata: inout GGUFMetadata) { dimensions.write(to: &metadata, architecture: Self.ggufName) }

    func canonicalName(_ name: String) -> String {
        name.hasPrefix("distilbert.") ? String(name.dropFirst("distilbert.".count)) : name
    }

    var tensorRules: [TensorRule] {
        [
            TensorRule(
                source: "embeddings.word_embeddings.weight", target: "token_embd.weight",
                shape: [vocabularySize, dimensions.embeddingLength]),
            dimensions.positions("embeddings.position_embeddings.weight"),
        ] + dimensions.norm("embeddings.LayerNorm", "token_embd_norm") + (0..<dimensions.blockCount).flatMap(blockRules)
    }

    private func blockRules(_ index: Int) -> [TensorRule] {
        let (source, target) = ("transformer.layer.\(index).", "blk.\(index).")
        let (width, inner) = (dimensions.embeddingLength, dimensions.feedForwardLength)
        let attention = [("q_lin", "attn_q"), ("k_lin", "attn_k"), ("v_lin", "attn_v"), ("out_lin", "attn_output")]
        return attention.flatMap { names in
            dimensions.linear(source + "attention.\(names.0)", target + names.1, rows: width, columns: width)
        }
            + dimensions.norm(source + "sa_layer_norm", target + "attn_output_norm")
            + dimensions.linear(source + "ffn.lin1", target + "ffn_up", rows: inner, columns: width)
            + dimensions.linear(source + "ffn.lin2", target + "ffn_down", rows: width, columns: inner)
            + dimensions.norm(source + "output_layer_norm", target + "layer_output_norm")
    }

    /// The head of its training.
    var ignoredTensors: Set<String> {
        Set(["vocab_transform", "vocab_layer_norm", "vocab_projector"].flatMap { ["\($0).weight", "\($0).bias"] })
    }
}
