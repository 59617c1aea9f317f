import GGUF

/// Qwen3ForCausalLM: queries and keys normalised head by head, heads of a length of their own.
struct Qwen3: CheckpointArchitecture {
    static let className = "Qwen3ForCausalLM"
    static let aliases = ["Qwen3Model"]
    static let ggufName = "qwen3"

    let dimensions: DecoderDimensions
    let window: QwenWindow?

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config,
            defaults: .init(headCountKV: 32, headLength: 128, contextLength: 32_768, ropeKinds: RopeScaling.Kind.ofQwen))
        window = try QwenWindow(config, dimensions) { $0 >= $1 }
    }

    var vocabularySize: Int { dimensions.vocabularySize }
    var warnings: [String] { window?.warnings ?? [] }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: true)
        window?.write(to: &metadata, architecture: Self.ggufName)
    }

    /// Embedders are saved without the head, and so without the name of what it sits on.
    func canonicalName(_ name: String) -> String {
        ["layers.", "embed_tokens.", "norm."].contains(where: name.hasPrefix) ? "model." + name : name
    }

    var tensorRules: [TensorRule] { dimensions.tensorRules(DecoderTraits(normalizesQueriesAndKeys: true)) }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }
}
