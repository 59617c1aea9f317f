import GGUF

/// GemmaForCausalLM: Gemma 1, a Llama with scaled embeddings and GELU.
struct Gemma: CheckpointArchitecture {
    static let className = "GemmaForCausalLM"
    static let ggufName = "gemma"

    let dimensions: GemmaDimensions

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try GemmaDimensions(
            config,
            defaults: .init(
                headCountKV: 16, headLength: 256, contextLength: 8192, ropeKinds: [.none, .linear], tiesEmbeddings: true,
                activation: .gelu))
    }

    var vocabularySize: Int { dimensions.decoder.vocabularySize }

    func write(to metadata: inout GGUFMetadata) { dimensions.write(to: &metadata, architecture: Self.ggufName) }

    var tensorRules: [TensorRule] { dimensions.decoder.tensorRules(DecoderTraits(normOffset: 1)) }
    var ignoredTensors: Set<String> { dimensions.decoder.ignoredTensors }
}
