import GGUF

/// The sizes of a decoder with grouped-query attention, rotary positions and a gated feed-forward network: what Llama and its
/// descendants have in common.
struct DecoderDimensions: Sendable {
    let blockCount: Int
    let contextLength: Int
    let embeddingLength: Int
    let feedForwardLength: Int
    let headCount: Int
    let headCountKV: Int
    /// Elements of one head, and whether that is more than `embeddingLength / headCount` says already.
    let headLength: Int
    let normEpsilon: Double
    let vocabularySize: Int
    /// Whether the output matrix is the embedding matrix.
    let tiesEmbeddings: Bool
    let rope: RopeParameters

    /// What a configuration class of transformers assumes where config.json is silent.
    struct Defaults {
        /// Nil: as many as there are heads.
        var headCountKV: Int?
        /// Nil: the embedding divided among the heads.
        var headLength: Int?
        var contextLength: Int
        var ropeKinds: [RopeScaling.Kind]
        var ropeBase = 10_000.0
        var allowsPartialRope = false
        /// Where nil, config.json has to say it.
        var headCount: Int?
        var vocabularySize: Int?
        var normEpsilon = 1e-6
        var tiesEmbeddings = false
        var activation = Activation.silu
    }

    /// What a gate goes through, by the names that config.json has for it.
    enum Activation {
        case silu
        case gelu

        var names: [String] {
            switch self {
            case .silu: ["silu", "swish"]
            // Gemma's first configurations say "gelu" and mean the approximation.
            case .gelu: ["gelu_pytorch_tanh", "gelu_new", "gelu"]
            }
        }
    }

    init(_ config: CheckpointConfig, defaults: Defaults) throws(ConversionError) {
        let widths = CheckpointConfig.widths
        blockCount = try config.int("num_hidden_layers", in: CheckpointConfig.layers)
        contextLength = try config.optionalInt("max_position_embeddings", in: widths) ?? defaults.contextLength
        embeddingLength = try config.int("hidden_size", in: widths)
        feedForwardLength = try config.int("intermediate_size", in: widths)
        headCount = try config.int("num_attention_heads", in: 1...(1 << 16), default: defaults.headCount)
        headCountKV = try config.optionalInt("num_key_value_heads", in: 1...(1 << 16)) ?? defaults.headCountKV ?? headCount
        normEpsilon = try config.optionalPositive("rms_norm_eps") ?? defaults.normEpsilon
        vocabularySize = try config.int("vocab_size", in: 1...(1 << 24), default: defaults.vocabularySize)
        tiesEmbeddings = try config.optionalBool("tie_word_embeddings") ?? defaults.tiesEmbeddings
        rope = try RopeParameters(
            config, contextLength: contextLength, supported: defaults.ropeKinds, defaultBase: defaults.ropeBase,
            allowsPartial: defaults.allowsPartialRope)
        if let length = try config.optionalInt("head_dim", in: 1...(1 << 14)) ?? defaults.headLength {
            headLength = length
        } else {
            guard embeddingLength % headCount == 0 else {
                throw config.error(
                    "hidden_size", found: "\(embeddingLength)", wanted: "a multiple of 'num_attention_heads', \(headCount)")
            }
            headLength = embeddingLength / headCount
        }
        try check(config, defaults.activation)
    }

    private func check(_ config: CheckpointConfig, _ wanted: Activation) throws(ConversionError) {
        guard headCount % headCountKV == 0 else {
            throw config.error(
                "num_key_value_heads", found: "\(headCountKV)", wanted: "a divisor of 'num_attention_heads', \(headCount)")
        }
        guard headLength % 2 == 0 else {
            throw config.error("head_dim", found: "\(headLength)", wanted: "an even number, for rotary pairs")
        }
        // Gemma's later configurations have the second name for it, which counts.
        let key = config.has("hidden_activation") ? "hidden_activation" : "hidden_act"
        if let activation = try config.optionalString(key), !wanted.names.contains(activation) {
            throw config.error(key, found: "\"\(activation)\"", wanted: "\"\(wanted.names[0])\"")
        }
    }

    /// The keys that all of them have, in llama.cpp's order.
    func write(to metadata: inout GGUFMetadata, architecture: String, headLengthKeys: Bool) {
        metadata[GGUFKey.blockCount(architecture)] = .uint32(UInt32(blockCount))
        metadata[GGUFKey.contextLength(architecture)] = .uint32(UInt32(contextLength))
        metadata[GGUFKey.embeddingLength(architecture)] = .uint32(UInt32(embeddingLength))
        metadata[GGUFKey.feedForwardLength(architecture)] = .uint32(UInt32(feedForwardLength))
        metadata[GGUFKey.headCount(architecture)] = .uint32(UInt32(headCount))
        metadata[GGUFKey.headCountKV(architecture)] = .uint32(UInt32(headCountKV))
        rope.write(to: &metadata, architecture: architecture)
        metadata[GGUFKey.layerNormRMSEpsilon(architecture)] = .float32(Float(normEpsilon))
        if headLengthKeys {
            metadata[GGUFKey.keyLength(architecture)] = .uint32(UInt32(headLength))
            metadata[GGUFKey.valueLength(architecture)] = .uint32(UInt32(headLength))
        }
    }
}
