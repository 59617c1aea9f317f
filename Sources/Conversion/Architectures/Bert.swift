import GGUF

/// BertModel and the classes that put a head on it, which is dropped: what remains embeds texts.
struct Bert: CheckpointArchitecture {
    static let className = "BertModel"
    static let aliases = ["BertForMaskedLM", "BertForPreTraining", "BertForNextSentencePrediction"]
    static let ggufName = "bert"

    let dimensions: EncoderDimensions
    let warnings: [String]

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try EncoderDimensions(
            config, contextLength: try config.int("max_position_embeddings", in: CheckpointConfig.widths), defaultTypeCount: 2)
        if let positions = try config.optionalString("position_embedding_type"), positions != "absolute" {
            throw config.error("position_embedding_type", found: "\"\(positions)\"", wanted: "\"absolute\"")
        }
        warnings = try config.geluWarnings("hidden_act")
    }

    var vocabularySize: Int { dimensions.vocabularySize }
    var makesEmbeddings: Bool { true }

    func write(to metadata: inout GGUFMetadata) { dimensions.write(to: &metadata, architecture: Self.ggufName) }

    /// Names without the prefix of a model with a head, and norms as they have been called since TensorFlow was left behind.
    func canonicalName(_ name: String) -> String {
        var name = name[...]
        if name.hasPrefix("bert.") { name = name.dropFirst("bert.".count) }
        if name.hasSuffix(".gamma") { return name.dropLast("gamma".count) + "weight" }
        if name.hasSuffix(".beta") { return name.dropLast("beta".count) + "bias" }
        return String(name)
    }

    var tensorRules: [TensorRule] {
        let width = dimensions.embeddingLength
        return [
            TensorRule(
                source: "embeddings.word_embeddings.weight", target: "token_embd.weight", shape: [vocabularySize, width]),
            dimensions.positions("embeddings.position_embeddings.weight"),
            dimensions.table("embeddings.token_type_embeddings.weight", "token_types.weight", rows: dimensions.typeCount),
        ] + dimensions.norm("embeddings.LayerNorm", "token_embd_norm") + (0..<dimensions.blockCount).flatMap(blockRules)
    }

    private func blockRules(_ index: Int) -> [TensorRule] {
        let (source, target) = ("encoder.layer.\(index).", "blk.\(index).")
        let (width, inner) = (dimensions.embeddingLength, dimensions.feedForwardLength)
        let attention = [("query", "attn_q"), ("key", "attn_k"), ("value", "attn_v")].flatMap { names in
            dimensions.linear(source + "attention.self.\(names.0)", target + names.1, rows: width, columns: width)
        }
        return attention
            + dimensions.linear(source + "attention.output.dense", target + "attn_output", rows: width, columns: width)
            + dimensions.norm(source + "attention.output.LayerNorm", target + "attn_output_norm")
            + dimensions.linear(source + "intermediate.dense", target + "ffn_up", rows: inner, columns: width)
            + dimensions.linear(source + "output.dense", target + "ffn_down", rows: width, columns: inner)
            + dimensions.norm(source + "output.LayerNorm", target + "layer_output_norm")
    }

    /// The heads: BERT's own pooler, which sentence embedders do not use, and those of its training.
    var ignoredTensors: Set<String> {
        let heads = [
            "pooler.dense", "cls.predictions.decoder", "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
            "cls.seq_relationship",
        ]
        return Set(heads.flatMap { ["\($0).weight", "\($0).bias"] } + ["cls.predictions.bias"])
    }
}
