import GGUF

/// Qwen3ForCausalLM: queries and keys normalised head by head, heads of a length of their own.
struct Qwen3: CheckpointArchitecture {
    static let className = "Qwen3ForCausalLM"
    static let ggufName = "qwen3"

    let dimensions: DecoderDimensions
    let warnings: [String]

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config,
            defaults: .init(headCountKV: 32, headLength: 128, contextLength: 32_768, ropeKinds: RopeScaling.Kind.ofQwen))
        warnings = try QwenWindow.warnings(config, contextLength: dimensions.contextLength)
    }

    var vocabularySize: Int { dimensions.vocabularySize }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: true)
    }

    var tensorRules: [TensorRule] { dimensions.tensorRules(DecoderTraits(normalizesQueriesAndKeys: true)) }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }
}
