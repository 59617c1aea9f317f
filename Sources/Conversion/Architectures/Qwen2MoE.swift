import GGUF

/// Qwen2MoeForCausalLM: Qwen2's attention, a router with experts, and one more that every token goes through.
struct Qwen2MoE: CheckpointArchitecture {
    static let className = "Qwen2MoeForCausalLM"
    static let ggufName = "qwen2moe"

    let dimensions: DecoderDimensions
    let experts: ExpertDimensions
    let window: QwenWindow?
    private let requiresBiases: Bool

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config, defaults: .init(headCountKV: 16, contextLength: 32_768, ropeKinds: RopeScaling.Kind.ofQwen))
        var experts = try ExpertDimensions(qwen: config, count: 60, used: 4, length: 1408, normalizesByDefault: false)
        experts.sharedLength = try config.int("shared_expert_intermediate_size", in: CheckpointConfig.widths, default: 5632)
        self.experts = experts
        requiresBiases = try config.optionalBool("qkv_bias") ?? true
        window = try QwenWindow(config, dimensions) { $0 % 2 == 0 && $0 < $1 }
    }

    var vocabularySize: Int { dimensions.vocabularySize }
    var warnings: [String] { window?.warnings ?? [] }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: false)
        window?.write(to: &metadata, architecture: Self.ggufName)
        experts.write(to: &metadata, architecture: Self.ggufName)
    }

    var tensorRules: [TensorRule] {
        dimensions.tensorRules(DecoderTraits(requiresBiases: requiresBiases, experts: experts))
    }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }
}
