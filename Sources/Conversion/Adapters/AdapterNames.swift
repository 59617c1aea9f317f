/// Which tensor of the GGUF a trainer's module is.
enum AdapterNames {
    /// Modules of a decoder's layer, by transformers' names.
    private static let layerModules = [
        "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.qkv_proj": "attn_qkv", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up", "mlp.gate_up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "mlp.gate": "ffn_gate_inp",
        "block_sparse_moe.gate": "ffn_gate_inp", "mlp.shared_expert.gate_proj": "ffn_gate_shexp",
        "mlp.shared_expert.up_proj": "ffn_up_shexp", "mlp.shared_expert.down_proj": "ffn_down_shexp",
    ]
    /// What may stand before `layers` and `embed_tokens`: a text model, or the text part of one that sees pictures too.
    private static let stems = ["", "model.", "language_model.model.", "model.language_model.", "language_model."]

    /// The tensor `blk.3.attn_q.weight` for `model.layers.3.self_attn.q_proj`; nil for a module that decoders have not.
    static func target(of module: String) -> String? {
        for stem in stems where module.hasPrefix(stem) {
            let rest = module.dropFirst(stem.count)
            if rest == "embed_tokens" { return "token_embd.weight" }
            if rest == "lm_head" { return "output.weight" }
            guard rest.hasPrefix("layers.") else { continue }
            let parts = rest.dropFirst("layers.".count).split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let layer = Int(parts[0]), layer >= 0, "\(layer)" == parts[0],
                let name = layerModules[String(parts[1])]
            else { return nil }
            return "blk.\(layer).\(name).weight"
        }
        return nil
    }

    /// A factor's tensor, taken apart.
    struct Factor: Equatable {
        let module: String
        let isDown: Bool
        /// Whether rows and columns are swapped, as MLX stores them.
        let isTransposed: Bool
    }

    /// PEFT names the factors of a table that is looked up in a way of its own; they lie as the others do.
    private static let endings: [(text: String, isDown: Bool, isTransposed: Bool)] = [
        (".lora_A.weight", true, false), (".lora_B.weight", false, false),
        (".lora_A.default.weight", true, false), (".lora_B.default.weight", false, false),
        (".lora_embedding_A", true, false), (".lora_embedding_B", false, false),
        (".lora_embedding_A.default", true, false), (".lora_embedding_B.default", false, false),
        (".lora_a", true, true), (".lora_b", false, true),
    ]

    /// - Returns: nil for a tensor that is no factor.
    static func factor(_ tensor: String) -> Factor? {
        guard let ending = endings.first(where: { tensor.hasSuffix($0.text) }) else { return nil }
        var module = tensor.dropLast(ending.text.count)
        if module.hasPrefix("base_model.model.") { module = module.dropFirst("base_model.model.".count) }
        return Factor(module: String(module), isDown: ending.isDown, isTransposed: ending.isTransposed)
    }
}
