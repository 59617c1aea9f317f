import GGUF

/// Qwen3MoeForCausalLM: Qwen3's attention, and a router with many small experts.
struct Qwen3MoE: CheckpointArchitecture {
    static let className = "Qwen3MoeForCausalLM"
    static let ggufName = "qwen3moe"

    let dimensions: DecoderDimensions
    let experts: ExpertDimensions
    let window: QwenWindow?
    private let namesHeadLength: Bool

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config, defaults: .init(headCountKV: 4, contextLength: 32_768, ropeKinds: RopeScaling.Kind.ofQwen))
        experts = try ExpertDimensions(qwen: config, count: 128, used: 8, length: 768, normalizesByDefault: true)
        namesHeadLength = config.has("head_dim")
        window = try QwenWindow(config, dimensions) { _, _ in true }
    }

    var vocabularySize: Int { dimensions.vocabularySize }
    var warnings: [String] { window?.warnings ?? [] }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: namesHeadLength)
        window?.write(to: &metadata, architecture: Self.ggufName)
        experts.write(to: &metadata, architecture: Self.ggufName)
    }

    var tensorRules: [TensorRule] {
        dimensions.tensorRules(DecoderTraits(normalizesQueriesAndKeys: true, experts: experts))
    }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }
}
