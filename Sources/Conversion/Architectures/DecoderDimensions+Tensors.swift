/// The tensors of a decoder, by transformers' names and by GGUF's.
extension DecoderDimensions {
    func tensorRules(_ traits: DecoderTraits) -> [TensorRule] {
        let output = [
            norm("model.norm", "output_norm", length: embeddingLength, traits),
            TensorRule(
                source: "model.embed_tokens.weight", target: "token_embd.weight", shape: [vocabularySize, embeddingLength]),
        ]
        let head = TensorRule(source: Self.headName, target: "output.weight", shape: [vocabularySize, embeddingLength])
        return output + (tiesEmbeddings ? [] : [head]) + (0..<blockCount).flatMap { blockRules($0, traits) }
    }

    /// A tied checkpoint may hold a copy of the embeddings under the head's name; transformers does not look at it.
    var ignoredTensors: Set<String> { tiesEmbeddings ? [Self.headName] : [] }

    private static let headName = "lm_head.weight"

    private func norm(_ source: String, _ target: String, length: Int, _ traits: DecoderTraits) -> TensorRule {
        var rule = TensorRule(source: source + ".weight", target: target + ".weight", shape: [length])
        rule.offset = traits.normOffset
        return rule
    }

    private func blockRules(_ index: Int, _ traits: DecoderTraits) -> [TensorRule] {
        let source = "model.layers.\(index)."
        let target = "blk.\(index)."
        var norms =
            traits.normalizesOutputs
            ? [
                ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "post_attention_norm"),
                ("pre_feedforward_layernorm", "ffn_norm"), ("post_feedforward_layernorm", "post_ffw_norm"),
            ] : [("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm")]
        var rules = norms.map { norm(source + $0.0, target + $0.1, length: embeddingLength, traits) }
        norms = traits.normalizesQueriesAndKeys ? [("q_norm", "attn_q_norm"), ("k_norm", "attn_k_norm")] : []
        rules += norms.map { norm("\(source)self_attn.\($0.0)", target + $0.1, length: headLength, traits) }
        let projections = attentionProjections(traits) + (isSparse(index, traits) ? [] : feedForwardProjections(traits))
        rules += projections.flatMap { $0.rules(source: source, target: target, traits) }
        if let experts = traits.experts, isSparse(index, traits) {
            rules += experts.rules(source: source, target: target, width: embeddingLength)
        }
        return rules
    }

    private func isSparse(_ index: Int, _ traits: DecoderTraits) -> Bool { traits.experts?.isSparse(layer: index) ?? false }

    private func attentionProjections(_ traits: DecoderTraits) -> [Projection] {
        let (queries, keys) = (headCount * headLength, headCountKV * headLength)
        let output = Projection("self_attn.o_proj", "attn_output", rows: embeddingLength, columns: queries)
        if traits.fusesProjections {
            return [
                Projection("self_attn.qkv_proj", "attn_qkv", rows: queries + 2 * keys, columns: embeddingLength, isQKV: true),
                output,
            ]
        }
        return [
            Projection("self_attn.q_proj", "attn_q", rows: queries, columns: embeddingLength, rotaryHeads: headCount, isQKV: true),
            Projection("self_attn.k_proj", "attn_k", rows: keys, columns: embeddingLength, rotaryHeads: headCountKV, isQKV: true),
            Projection("self_attn.v_proj", "attn_v", rows: keys, columns: embeddingLength, isQKV: true), output,
        ]
    }

    private func feedForwardProjections(_ traits: DecoderTraits) -> [Projection] {
        let down = Projection("mlp.down_proj", "ffn_down", rows: embeddingLength, columns: feedForwardLength)
        if traits.fusesProjections {
            return [Projection("mlp.gate_up_proj", "ffn_up", rows: 2 * feedForwardLength, columns: embeddingLength), down]
        }
        return [
            Projection("mlp.gate_proj", "ffn_gate", rows: feedForwardLength, columns: embeddingLength),
            Projection("mlp.up_proj", "ffn_up", rows: feedForwardLength, columns: embeddingLength), down,
        ]
    }
}

/// A matrix of a block, and its bias where it has one.
struct Projection {
    let source: String
    let target: String
    let rows: Int
    let columns: Int
    let rotaryHeads: Int?
    let isQKV: Bool

    init(_ source: String, _ target: String, rows: Int, columns: Int, rotaryHeads: Int? = nil, isQKV: Bool = false) {
        (self.source, self.target, self.rows, self.columns) = (source, target, rows, columns)
        (self.rotaryHeads, self.isQKV) = (rotaryHeads, isQKV)
    }

    func rules(source: String, target: String, _ traits: DecoderTraits) -> [TensorRule] {
        let heads = traits.regroupsRotaryRows ? rotaryHeads : nil
        return [
            TensorRule(
                source: "\(source)\(self.source).weight", target: "\(target)\(self.target).weight", shape: [rows, columns],
                rotaryHeads: heads),
            TensorRule(
                source: "\(source)\(self.source).bias", target: "\(target)\(self.target).bias", shape: [rows],
                isRequired: isQKV && traits.requiresBiases, rotaryHeads: heads),
        ]
    }
}
