import GGUF

/// Qwen2ForCausalLM: Qwen2, Qwen2.5 and the models distilled into them. Biases on q, k and v.
struct Qwen2: CheckpointArchitecture {
    static let className = "Qwen2ForCausalLM"
    static let ggufName = "qwen2"

    let dimensions: DecoderDimensions
    let window: QwenWindow?
    private let namesHeadLength: Bool

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config, defaults: .init(headCountKV: 32, contextLength: 32_768, ropeKinds: RopeScaling.Kind.ofQwen))
        namesHeadLength = config.has("head_dim")
        window = try QwenWindow(config, dimensions) { $0 >= $1 }
    }

    var vocabularySize: Int { dimensions.vocabularySize }
    var warnings: [String] { window?.warnings ?? [] }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: namesHeadLength)
        window?.write(to: &metadata, architecture: Self.ggufName)
    }

    var tensorRules: [TensorRule] { dimensions.tensorRules(DecoderTraits(requiresBiases: true)) }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }
}
