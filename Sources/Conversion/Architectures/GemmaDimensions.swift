import GGUF

/// What Gemma's generations have in common: heads of a length of their own, norms stored less one, tied embeddings.
struct GemmaDimensions: Sendable {
    let decoder: DecoderDimensions
    /// Bounds of attention scores and logits; nil for none.
    let attentionSoftCap: Double?
    let logitSoftCap: Double?
    /// What products of queries and keys are divided by the root of, where that is not what runners take it for.
    let unusualQueryScalar: Double?

    /// - Parameters:
    ///   - softCaps: what the configuration class assumes where config.json is silent.
    ///   - largestBlockCount: layers of the generation's largest model, which shares out its width instead of taking the length
    ///     of a head; nil for a generation whose configurations have no `query_pre_attn_scalar`.
    init(
        _ config: CheckpointConfig, defaults: DecoderDimensions.Defaults, softCaps: (attention: Double, logits: Double)? = nil,
        largestBlockCount: Int? = nil
    ) throws(ConversionError) {
        decoder = try DecoderDimensions(config, defaults: defaults)
        // Configurations of transformers write null for what is switched off, and leave out what is as always.
        func softCap(_ key: String, _ fallback: Double?) throws(ConversionError) -> Double? {
            config.isNull(key) ? nil : try config.optionalPositive(key) ?? fallback
        }
        // Gemma 3 norms queries and keys instead; its configuration has the key still, and nothing reads it.
        attentionSoftCap = try softCaps.flatMap { caps throws(ConversionError) in
            try softCap("attn_logit_softcapping", caps.attention)
        }
        logitSoftCap = try softCap("final_logit_softcapping", softCaps?.logits)
        if try config.optionalBool("use_bidirectional_attention") == true {
            throw config.error("use_bidirectional_attention", found: "true", wanted: "false, for a model that generates text")
        }
        if let largestBlockCount {
            let scalar = try config.optionalPositive("query_pre_attn_scalar") ?? 256
            let assumed =
                decoder.blockCount == largestBlockCount ? decoder.embeddingLength / decoder.headCount : decoder.headLength
            unusualQueryScalar = scalar == Double(assumed) ? nil : scalar
        } else {
            unusualQueryScalar = nil
        }
    }

    /// For errors, and for people: other runners do not know the key.
    var warnings: [String] {
        guard let unusualQueryScalar else { return [] }
        return [
            "'query_pre_attn_scalar' is \(unusualQueryScalar), other than the length of a head; it is written as "
                + "'attention.scale', which other runners may not know"
        ]
    }

    func write(to metadata: inout GGUFMetadata, architecture: String) {
        decoder.write(to: &metadata, architecture: architecture, headLengthKeys: true)
        if let attentionSoftCap { metadata["\(architecture).attn_logit_softcapping"] = .float32(Float(attentionSoftCap)) }
        if let logitSoftCap { metadata["\(architecture).final_logit_softcapping"] = .float32(Float(logitSoftCap)) }
        if let unusualQueryScalar {
            metadata["\(architecture).attention.scale"] = .float32(Float(1 / unusualQueryScalar.squareRoot()))
        }
    }
}

/// Layers with a sliding window and layers that see everything, and where the GGUF has to say which is which.
struct LayerWindows: Sendable {
    let window: Int
    /// For each layer, whether it has the window; nil where every `period`th goes without, as runners expect.
    let unusual: [Bool]?

    /// - Parameter period: what runners take for granted.
    init(_ config: CheckpointConfig, blockCount: Int, window defaultWindow: Int, period: Int) throws(ConversionError) {
        window = try config.int("sliding_window", in: CheckpointConfig.widths, default: defaultWindow)
        let key = config.has("_sliding_window_pattern") ? "_sliding_window_pattern" : "sliding_window_pattern"
        let stated = try config.int(key, in: CheckpointConfig.layers, default: period)
        var flags = (0..<blockCount).map { ($0 + 1) % stated != 0 }
        if let types = try config.optionalStrings("layer_types") {
            guard types.count == blockCount, types.allSatisfy({ ["sliding_attention", "full_attention"].contains($0) }) else {
                throw config.error(
                    "layer_types", found: "\(types.count) names",
                    wanted: "\"sliding_attention\" or \"full_attention\" for each of \(blockCount) layers")
            }
            flags = types.map { $0 == "sliding_attention" }
        }
        unusual = flags == (0..<blockCount).map { ($0 + 1) % period != 0 } ? nil : flags
    }

    func write(to metadata: inout GGUFMetadata, architecture: String) {
        metadata[GGUFKey.slidingWindow(architecture)] = .uint32(UInt32(window))
        if let unusual { metadata["\(architecture).attention.sliding_window_pattern"] = .array(.bool(unusual)) }
    }
}
