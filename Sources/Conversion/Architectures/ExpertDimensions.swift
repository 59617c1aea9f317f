import GGUF
import Tensors

/// The sizes and tensors of networks among which a router chooses, token by token.
struct ExpertDimensions: Sendable {
    let count: Int
    let usedCount: Int
    /// Elements between the halves of an expert.
    let length: Int
    /// The same for the expert that all tokens go through, where there is one.
    var sharedLength: Int?
    /// Whether the weights of a token's experts are made to add up to one; nil where that is the architecture's way.
    var normalizesWeights: Bool?
    let naming: Naming
    /// Layers that have one network like other decoders', and how often one has experts.
    var denseLayers: Set<Int> = []
    var sparseStep = 1

    /// How a family's checkpoints call the parts.
    enum Naming: Sendable {
        case mixtral
        case qwen

        /// The router's module, and the experts' of a checkpoint that holds each expert by itself.
        var router: String { self == .mixtral ? "block_sparse_moe.gate" : "mlp.gate" }
        var experts: String { self == .mixtral ? "block_sparse_moe.experts" : "mlp.experts" }
        /// down, gate, up
        var matrices: (down: String, gate: String, up: String) {
            self == .mixtral ? ("w2", "w1", "w3") : ("down_proj", "gate_proj", "up_proj")
        }
    }

    func isSparse(layer: Int) -> Bool { !denseLayers.contains(layer) && (layer + 1) % sparseStep == 0 }

    func write(to metadata: inout GGUFMetadata, architecture: String) {
        metadata[GGUFKey.expertCount(architecture)] = .uint32(UInt32(count))
        metadata[GGUFKey.expertUsedCount(architecture)] = .uint32(UInt32(usedCount))
        if let normalizesWeights { metadata["\(architecture).expert_weights_norm"] = .bool(normalizesWeights) }
        guard naming == .qwen else { return }
        metadata["\(architecture).expert_feed_forward_length"] = .uint32(UInt32(length))
        if let sharedLength { metadata["\(architecture).expert_shared_feed_forward_length"] = .uint32(UInt32(sharedLength)) }
    }

    /// The rules for one layer. Experts come one by one, or stacked with gate and up fused, as transformers 5 holds them.
    func rules(source: String, target: String, width: Int) -> [TensorRule] {
        let fused = "\(source)mlp.experts.gate_up_proj"
        let names = naming.matrices
        func stack(_ name: String) -> TensorRule.Origin {
            .stack((0..<count).map { "\(source)\(naming.experts).\($0).\(name).weight" })
        }
        let origins = naming == .mixtral ? ["\(source)\(naming.router)", "\(source)mlp.gate"] : ["\(source)\(naming.router)"]
        let matrices = [
            TensorRule(
                [stack(names.gate), .rows(0..<length, height: 2 * length, of: fused)], target: "\(target)ffn_gate_exps.weight",
                shape: [count, length, width]),
            TensorRule(
                [stack(names.up), .rows(length..<2 * length, height: 2 * length, of: fused)],
                target: "\(target)ffn_up_exps.weight", shape: [count, length, width]),
            TensorRule(
                [stack(names.down), .whole("\(source)mlp.experts.down_proj")], target: "\(target)ffn_down_exps.weight",
                shape: [count, width, length]),
        ]
        var router = TensorRule(
            origins.map { .whole($0 + ".weight") }, target: "\(target)ffn_gate_inp.weight", shape: [count, width])
        // Small, and a rounded one sends tokens elsewhere.
        router.writtenType = .f32
        return [router] + matrices + sharedRules(source: source, target: target, width: width)
    }

    private func sharedRules(source: String, target: String, width: Int) -> [TensorRule] {
        guard let sharedLength else { return [] }
        let gate = TensorRule(
            source: "\(source)mlp.shared_expert_gate.weight", target: "\(target)ffn_gate_inp_shexp.weight", shape: [1, width],
            writtenType: .f32)
        let shapes = [("gate", [sharedLength, width]), ("up", [sharedLength, width]), ("down", [width, sharedLength])]
        return [gate]
            + shapes.map { name, shape in
                TensorRule(
                    source: "\(source)mlp.shared_expert.\(name)_proj.weight", target: "\(target)ffn_\(name)_shexp.weight",
                    shape: shape)
            }
    }
}

extension ExpertDimensions {
    /// Reads the keys that Qwen's configurations have for it.
    ///
    /// - Parameter normalizesByDefault: whether the architecture makes weights add up to one where the GGUF says nothing.
    init(
        qwen config: CheckpointConfig, count defaultCount: Int, used: Int, length: Int, normalizesByDefault: Bool
    )
        throws(ConversionError)
    {
        // Qwen3's configuration class has both names for it.
        let key = config.has("num_local_experts") ? "num_local_experts" : "num_experts"
        count = try config.int(key, in: 1...1024, default: defaultCount)
        usedCount = try config.int("num_experts_per_tok", in: 1...count, default: used)
        self.length = try config.int("moe_intermediate_size", in: CheckpointConfig.widths, default: length)
        naming = .qwen
        let normalizes = try config.optionalBool("norm_topk_prob") ?? false
        normalizesWeights = normalizes == normalizesByDefault ? nil : normalizes
        denseLayers = Set(try config.ints("mlp_only_layers", in: 0...CheckpointConfig.layers.upperBound))
        sparseStep = try config.int("decoder_sparse_step", in: CheckpointConfig.layers, default: 1)
    }
}
