import GGUF

/// Qwen2ForCausalLM: Qwen2, Qwen2.5 and the models distilled into them. Biases on q, k and v.
struct Qwen2: CheckpointArchitecture {
    static let className = "Qwen2ForCausalLM"
    static let ggufName = "qwen2"

    let dimensions: DecoderDimensions
    let warnings: [String]
    private let namesHeadLength: Bool

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config, defaults: .init(headCountKV: 32, contextLength: 32_768, ropeKinds: RopeScaling.Kind.ofQwen))
        namesHeadLength = config.has("head_dim")
        warnings = try QwenWindow.warnings(config, contextLength: dimensions.contextLength)
    }

    var vocabularySize: Int { dimensions.vocabularySize }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: namesHeadLength)
    }

    var tensorRules: [TensorRule] { dimensions.tensorRules(DecoderTraits(requiresBiases: true)) }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }
}

/// The window that Qwen's configurations may switch on for their upper layers, and that no GGUF key of theirs can say.
enum QwenWindow {
    static func warnings(_ config: CheckpointConfig, contextLength: Int) throws(ConversionError) -> [String] {
        // Configurations of models with experts say zero for none.
        let window = try config.optionalInt("sliding_window", in: 0...CheckpointConfig.widths.upperBound)
        let isUsed = try config.optionalBool("use_sliding_window") ?? false
        let layers = try config.optionalStrings("layer_types") ?? []
        guard isUsed || layers.contains("sliding_attention"), let window, window > 0, window < contextLength else { return [] }
        return ["the attention window of \(window) tokens is left out: the architecture has no key for it"]
    }
}
