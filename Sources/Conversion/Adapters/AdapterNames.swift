/// Which tensor of the GGUF a trainer's module is.
enum AdapterNames {
    /// Modules of a layer by the trainers' names, behind what stands before the layer's number.
    private static let layerModules: [(layers: String, modules: [String: String])] = [
        (
            "layers.",
            [
                "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
                "self_attn.qkv_proj": "attn_qkv", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate",
                "mlp.up_proj": "ffn_up", "mlp.gate_up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "mlp.gate": "ffn_gate_inp",
                "block_sparse_moe.gate": "ffn_gate_inp", "mlp.shared_expert.gate_proj": "ffn_gate_shexp",
                "mlp.shared_expert.up_proj": "ffn_up_shexp", "mlp.shared_expert.down_proj": "ffn_down_shexp",
            ]
        ),
        // BERT, DistilBERT and Nomic's BERT.
        (
            "encoder.layer.",
            [
                "attention.self.query": "attn_q", "attention.self.key": "attn_k", "attention.self.value": "attn_v",
                "attention.output.dense": "attn_output", "intermediate.dense": "ffn_up", "output.dense": "ffn_down",
            ]
        ),
        (
            "transformer.layer.",
            [
                "attention.q_lin": "attn_q", "attention.k_lin": "attn_k", "attention.v_lin": "attn_v",
                "attention.out_lin": "attn_output", "ffn.lin1": "ffn_up", "ffn.lin2": "ffn_down",
            ]
        ),
        (
            "encoder.layers.",
            [
                "attn.Wqkv": "attn_qkv", "attn.out_proj": "attn_output", "mlp.fc11": "ffn_up", "mlp.fc12": "ffn_gate",
                "mlp.fc2": "ffn_down",
            ]
        ),
    ]
    private static let tables = [
        "embed_tokens": "token_embd.weight", "embeddings.word_embeddings": "token_embd.weight", "lm_head": "output.weight",
    ]
    /// What may stand before layers and tables: a text model, or the text part of one that sees pictures too.
    private static let stems = [
        "", "model.", "language_model.model.", "model.language_model.", "language_model.", "bert.", "distilbert.",
    ]

    /// One expert's matrices in a mixture's layer, by the trainers' names.
    private static let expertModules: [(experts: String, modules: [String: String])] = [
        ("mlp.experts.", ["gate_proj": "ffn_gate_exps", "up_proj": "ffn_up_exps", "down_proj": "ffn_down_exps"]),
        ("block_sparse_moe.experts.", ["w1": "ffn_gate_exps", "w3": "ffn_up_exps", "w2": "ffn_down_exps"]),
    ]

    /// The stack `blk.3.ffn_up_exps.weight` and the place in it for `model.layers.3.mlp.experts.7.up_proj`; nil for a module that
    /// is no expert's.
    static func expert(of module: String) -> (target: String, index: Int)? {
        for stem in stems where module.hasPrefix(stem + "layers.") {
            let parts = module.dropFirst(stem.count + "layers.".count).split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let layer = number(parts[0]) else { continue }
            for (experts, modules) in expertModules where parts[1].hasPrefix(experts) {
                let place = parts[1].dropFirst(experts.count).split(separator: ".", maxSplits: 1)
                guard place.count == 2, let index = number(place[0]), let name = modules[String(place[1])] else { return nil }
                return ("blk.\(layer).\(name).weight", index)
            }
        }
        return nil
    }

    private static func number(_ text: Substring) -> Int? {
        guard let number = Int(text), number >= 0, "\(number)" == text else { return nil }
        return number
    }

    /// The tensor `blk.3.attn_q.weight` for `model.layers.3.self_attn.q_proj`; nil for a module that no model here has.
    static func target(of module: String) -> String? {
        for stem in stems where module.hasPrefix(stem) {
            let rest = String(module.dropFirst(stem.count))
            if let table = tables[rest] { return table }
            for (layers, modules) in layerModules where rest.hasPrefix(layers) {
                let parts = rest.dropFirst(layers.count).split(separator: ".", maxSplits: 1)
                guard parts.count == 2, let layer = number(parts[0]), let name = modules[String(parts[1])] else { return nil }
                return "blk.\(layer).\(name).weight"
            }
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
