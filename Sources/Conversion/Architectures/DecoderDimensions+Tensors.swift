/// The tensors of a decoder, by transformers' names and by GGUF's.
extension DecoderDimensions {
    /// What differs between the architectures.
    struct Attention {
        /// Whether q and k rows are regrouped, as the `llama` architecture wants them.
        var regroupsRotaryRows = false
        /// Whether q, k and v must have biases; others may.
        var requiresBiases = false
        /// Whether queries and keys are normalised head by head.
        var normalizesQueriesAndKeys = false
    }

    func tensorRules(_ attention: Attention) -> [TensorRule] {
        let output = [
            TensorRule(source: "model.norm.weight", target: "output_norm.weight", shape: [embeddingLength]),
            TensorRule(
                source: "model.embed_tokens.weight", target: "token_embd.weight", shape: [vocabularySize, embeddingLength]),
        ]
        let head = TensorRule(source: Self.headName, target: "output.weight", shape: [vocabularySize, embeddingLength])
        return output + (tiesEmbeddings ? [] : [head]) + (0..<blockCount).flatMap { blockRules($0, attention) }
    }

    /// A tied checkpoint may hold a copy of the embeddings under the head's name; transformers does not look at it.
    var ignoredTensors: Set<String> { tiesEmbeddings ? [Self.headName] : [] }

    private static let headName = "lm_head.weight"

    private func blockRules(_ index: Int, _ attention: Attention) -> [TensorRule] {
        let source = "model.layers.\(index)."
        let target = "blk.\(index)."
        let norms = [("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm")].map { names in
            TensorRule(source: source + names.0 + ".weight", target: target + names.1 + ".weight", shape: [embeddingLength])
        }
        let headNorms =
            attention.normalizesQueriesAndKeys
            ? [("q_norm", "attn_q_norm"), ("k_norm", "attn_k_norm")].map { names in
                TensorRule(
                    source: source + "self_attn.\(names.0).weight", target: target + names.1 + ".weight", shape: [headLength])
            } : []
        return norms + headNorms + projections.flatMap { $0.rules(source: source, target: target, attention) }
    }

    private var projections: [Projection] {
        let (queries, keys) = (headCount * headLength, headCountKV * headLength)
        return [
            Projection("self_attn.q_proj", "attn_q", rows: queries, columns: embeddingLength, rotaryHeads: headCount, isQKV: true),
            Projection("self_attn.k_proj", "attn_k", rows: keys, columns: embeddingLength, rotaryHeads: headCountKV, isQKV: true),
            Projection("self_attn.v_proj", "attn_v", rows: keys, columns: embeddingLength, isQKV: true),
            Projection("self_attn.o_proj", "attn_output", rows: embeddingLength, columns: queries),
            Projection("mlp.gate_proj", "ffn_gate", rows: feedForwardLength, columns: embeddingLength),
            Projection("mlp.up_proj", "ffn_up", rows: feedForwardLength, columns: embeddingLength),
            Projection("mlp.down_proj", "ffn_down", rows: embeddingLength, columns: feedForwardLength),
        ]
    }
}

/// A matrix of a block, and its bias where it has one.
private struct Projection {
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

    func rules(source: String, target: String, _ attention: DecoderDimensions.Attention) -> [TensorRule] {
        let heads = attention.regroupsRotaryRows ? rotaryHeads : nil
        return [
            TensorRule(
                source: "\(source)\(self.source).weight", target: "\(target)\(self.target).weight", shape: [rows, columns],
                rotaryHeads: heads),
            TensorRule(
                source: "\(source)\(self.source).bias", target: "\(target)\(self.target).bias", shape: [rows],
                isRequired: isQKV && attention.requiresBiases, rotaryHeads: heads),
        ]
    }
}
