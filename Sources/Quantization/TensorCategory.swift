/// The part that a tensor plays in a transformer, as far as recipes tell parts apart. Found by name, as llama.cpp does.
enum TensorCategory {
    case output, tokenEmbedding
    case attentionQKV, attentionKVB, attentionV, attentionK, attentionQ, attentionOutput
    case feedForwardUp, feedForwardGate, feedForwardDown
    case other

    init(name: String) {
        switch name {
        case "output.weight": self = .output
        case "token_embd.weight", "per_layer_token_embd.weight": self = .tokenEmbedding
        default: self = Self.fragments.first { name.contains($0.fragment) }?.category ?? .other
        }
    }

    /// Fragments of names in the order in which they are tried.
    private static let fragments: [(fragment: String, category: TensorCategory)] = [
        ("attn_qkv.weight", .attentionQKV),
        ("attn_kv_b.weight", .attentionKVB),
        ("attn_v.weight", .attentionV),
        ("attn_k.weight", .attentionK),
        ("attn_q.weight", .attentionQ),
        ("attn_output.weight", .attentionOutput),
        ("ffn_up", .feedForwardUp),
        ("ffn_gate", .feedForwardGate),
        ("ffn_down", .feedForwardDown),
    ]

    /// Tensors that hold attention's values, which suffer most from few bits.
    var holdsValues: Bool {
        switch self {
        case .attentionV, .attentionQKV, .attentionKVB: true
        default: false
        }
    }
}

/// Which tensors are never quantized: vectors, and matrices that are small or steer others.
enum QuantizableTensor {
    /// `dimensionCount` counts dimensions without trailing ones.
    static func isQuantizable(name: String, dimensionCount: Int, architecture: String) -> Bool {
        guard dimensionCount >= 2, name.hasSuffix("weight") else { return false }
        if keptWhole.contains(name) || keptFragments.contains(where: name.contains) { return false }
        return architecture != "glm5-next" || !keptOfGLM5Next.contains(where: name.contains)
    }

    private static let keptWhole: Set<String> = ["position_embd.weight", "token_types.weight"]

    /// Normalisation, expert routing, convolutions, indexers, time mixing, positions: names known to llama.cpp's `llama-quant.cpp`.
    private static let keptFragments = [
        "_norm.weight", "ffn_gate_inp.weight", "ffn_gate_tid2eid.weight", "altup", "laurel", "per_layer_model_proj",
        "ssm_conv1d", "shortconv.conv.weight", "indexer.k_proj.weight", "indexer.q_proj.weight",
        "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight", "time_mix_v0.weight",
        "time_mix_v1.weight", "time_mix_v2.weight", "time_mix_a0.weight", "time_mix_a1.weight", "time_mix_a2.weight",
        "time_mix_g1.weight", "time_mix_g2.weight", "time_mix_decay_w1.weight", "time_mix_decay_w2.weight",
        "time_mix_lerp_fused.weight", "attn_rel_b.weight", ".position_embd", "sam.pos_embd", "sam.neck.", "sam.net_",
        ".rel_pos", ".patch_embd", ".patch_merger", "a.rvq.codebook", "mm.a.code_embd",
    ]

    private static let keptOfGLM5Next = [
        "hc_", "indexer.attn_q_b", "indexer.attn_k", "indexer.proj", "indexer_compressor_gate", "indexer_compressor_ape",
        "ssm_f_a.weight", "ssm_f_b.weight", "ssm_g_a.weight", "ssm_g_b.weight", "ssm_beta.weight", "attn_kv_a_mqa.weight",
        "attn_k_b.weight", "attn_v_b.weight",
    ]
}
