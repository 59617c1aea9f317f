import GGUF

/// Gemma2ForCausalLM: norms before and after each block, bounded scores and logits, a window on every other layer.
struct Gemma2: CheckpointArchitecture {
    static let className = "Gemma2ForCausalLM"
    static let ggufName = "gemma2"

    let dimensions: GemmaDimensions
    let windows: LayerWindows

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try GemmaDimensions(
            config,
            defaults: .init(
                headCountKV: 4, headLength: 256, contextLength: 8192, ropeKinds: [.none, .linear], tiesEmbeddings: true,
                activation: .gelu),
            softCaps: (attention: 50, logits: 30), largestBlockCount: 46)
        windows = try LayerWindows(config, blockCount: dimensions.decoder.blockCount, window: 4096, period: 2)
    }

    var vocabularySize: Int { dimensions.decoder.vocabularySize }
    var warnings: [String] { dimensions.warnings }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName)
        windows.write(to: &metadata, architecture: Self.ggufName)
    }

    var tensorRules: [TensorRule] {
        dimensions.decoder.tensorRules(DecoderTraits(normalizesOutputs: true, normOffset: 1))
    }
    var ignoredTensors: Set<String> { dimensions.decoder.ignoredTensors }
}
