import GGUF

/// Qwen2MoeForCausalLM: Qwen2's attention, a router with experts, and one more that every token goes through.
struct Qwen2MoE: CheckpointArchitecture {
    static let className = "Qwen2MoeForCausalLM"
    static let ggufName = "qwen2moe"

    let dimensions: DecoderDimensions
    let experts: ExpertDimensions
    let warnings: [String]
    private let requiresBiases: Bool

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config, defaults: .init(headCountKV: 16, contextLength: 32_768, ropeKinds: RopeScaling.Kind.ofQwen))
        var experts = try ExpertDimensions(qwen: config, count: 60, used: 4, length: 1408, normalizesByDefault: false)
        experts.sharedLength = try config.int("shared_expert_intermediate_size", in: CheckpointConfig.widths, default: 5632)
        self.experts = experts
        requiresBiases = try config.optionalBool("qkv_bias") ?? true
        warnings = try QwenWindow.warnings(config, contextLength: dimensions.contextLength)
    }

    var vocabularySize: Int { dimensions.vocabularySize }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: false)
        experts.write(to: &metadata, architecture: Self.ggufName)
    }

    var tensorRules: [TensorRule] {
        dimensions.tensorRules(DecoderTraits(requiresBiases: requiresBiases, experts: experts))
    }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }
}
