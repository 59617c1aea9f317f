import GGUF
import JSONText

/// NomicBertModel, nomic-embed-text 1 and 1.5: fused attention weights, a gated feed-forward network, rotary positions.
///
/// config.json comes in two dialects, GPT-2's of the original and transformers' own; the tensors have the original's names in both.
struct NomicBert: CheckpointArchitecture {
    static let className = "NomicBertModel"
    static let aliases = ["NomicBertForMaskedLM", "NomicBertForPreTraining"]
    static let ggufName = "nomic-bert"

    let dimensions: EncoderDimensions
    let ropeBase: Double
    /// Elements of one head, where config.json says it.
    let headLength: Int?

    init(_ config: CheckpointConfig) throws(ConversionError) {
        try Self.check(config)
        let positions = try config.int(config.first("max_position_embeddings", "n_positions"), in: CheckpointConfig.widths)
        // The original's configuration promises 8192 positions by scaling angles; it was trained for 2048.
        let trained = try config.optionalInt("max_trained_positions", in: CheckpointConfig.widths) ?? 2048
        dimensions = try EncoderDimensions(
            config, contextLength: config.has("n_positions") ? min(positions, trained) : positions, defaultTypeCount: 2)
        headLength = try config.optionalInt("head_dim", in: 2...(1 << 14))
        let rope = try config.optionalObject("rope_parameters")
        let (base, theta) = (try config.optionalPositive("rotary_emb_base"), try rope?.optionalPositive("rope_theta"))
        ropeBase = base ?? theta ?? 1000
    }

    /// Refuses the variants of the original's code that the architecture has no place for.
    private static func check(_ config: CheckpointConfig) throws(ConversionError) {
        let key = config.first("activation_function", "hidden_act")
        if let activation = try config.optionalString(key), !["swiglu", "silu", "swish"].contains(activation) {
            throw config.error(key, found: "\"\(activation)\"", wanted: "\"swiglu\"")
        }
        for key in ["prenorm", "rotary_emb_interleaved", "qkv_proj_bias", "mlp_fc1_bias", "mlp_fc2_bias", "causal"] {
            if try config.optionalBool(key) == true { throw config.error(key, found: "true", wanted: "false") }
        }
        if let fraction = try config.optionalPositive("rotary_emb_fraction"), fraction != 1 {
            throw config.error("rotary_emb_fraction", found: "\(fraction)", wanted: "1")
        }
        if let every = config.value("moe_every_n_layers"), every.int != 0 {
            throw config.error("moe_every_n_layers", found: CheckpointConfig.found(every), wanted: "0: no experts")
        }
        if let type = try config.optionalObject("rope_parameters")?.optionalString("rope_type"), type != "default" {
            throw .unsupportedRope(type: type, supported: ["default"])
        }
    }

    var vocabularySize: Int { dimensions.vocabularySize }
    var makesEmbeddings: Bool { true }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName)
        if let headLength {
            metadata[GGUFKey.keyLength(Self.ggufName)] = .uint32(UInt32(headLength))
            metadata[GGUFKey.valueLength(Self.ggufName)] = .uint32(UInt32(headLength))
        }
        metadata[GGUFKey.ropeFrequencyBase(Self.ggufName)] = .float32(Float(ropeBase))
    }

    func canonicalName(_ name: String) -> String {
        for prefix in ["bert.", "nomic_bert."] where name.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
        return name
    }

    var tensorRules: [TensorRule] {
        [
            TensorRule(
                source: "embeddings.word_embeddings.weight", target: "token_embd.weight",
                shape: [vocabularySize, dimensions.embeddingLength]),
            dimensions.table("embeddings.token_type_embeddings.weight", "token_types.weight", rows: dimensions.typeCount),
        ] + dimensions.norm("emb_ln", "token_embd_norm") + (0..<dimensions.blockCount).flatMap(blockRules)
    }

    private func blockRules(_ index: Int) -> [TensorRule] {
        let (source, target) = ("encoder.layers.\(index).", "blk.\(index).")
        let (width, inner) = (dimensions.embeddingLength, dimensions.feedForwardLength)
        let heads = headLength.map { $0 * dimensions.headCount } ?? width
        let matrices = [
            ("attn.Wqkv", "attn_qkv", [3 * heads, width]), ("attn.out_proj", "attn_output", [width, heads]),
            ("mlp.fc11", "ffn_up", [inner, width]), ("mlp.fc12", "ffn_gate", [inner, width]),
            ("mlp.fc2", "ffn_down", [width, inner]),
        ]
        return matrices.map { stored, written, shape in
            TensorRule(source: "\(source)\(stored).weight", target: "\(target)\(written).weight", shape: shape)
        }
            + dimensions.norm(source + "norm1", target + "attn_output_norm")
            + dimensions.norm(source + "norm2", target + "layer_output_norm")
    }

    /// The head of its training.
    var ignoredTensors: Set<String> {
        let heads = [
            "pooler.dense", "cls.predictions.decoder", "cls.predictions.transform.dense",
            "cls.predictions.transform.layer_norm", "cls.predictions.transform.LayerNorm",
        ]
        return Set(heads.flatMap { ["\($0).weight", "\($0).bias"] } + ["cls.predictions.bias"])
    }
}
