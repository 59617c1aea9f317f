import GGUF

/// Gemma3ForCausalLM: Gemma 2 with normalised heads instead of bounds, and rotary frequencies of their own on layers with a window.
struct Gemma3Text: CheckpointArchitecture {
    static let className = "Gemma3ForCausalLM"
    static let ggufName = "gemma3"

    let dimensions: GemmaDimensions
    let windows: LayerWindows
    /// `rope_theta` of layers with a window.
    let localRopeBase: Double

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try GemmaDimensions(
            config,
            defaults: .init(
                headCountKV: 4, headLength: 256, contextLength: 131_072, ropeKinds: [.none, .linear], ropeBase: 1_000_000,
                headCount: 8, vocabularySize: 262_208, tiesEmbeddings: true, activation: .gelu),
            largestBlockCount: 62)
        windows = try LayerWindows(config, blockCount: dimensions.decoder.blockCount, window: 4096, period: 6)
        let local = try config.optionalObject("rope_parameters")?.optionalObject("sliding_attention")
        if let type = try local?.optionalString("rope_type"), type != RopeScaling.Kind.none.rawValue {
            throw .unsupportedRope(type: type, supported: [RopeScaling.Kind.none.rawValue])
        }
        let oldBase = try config.optionalPositive("rope_local_base_freq")
        localRopeBase = try local?.optionalPositive("rope_theta") ?? oldBase ?? 10_000
    }

    var vocabularySize: Int { dimensions.decoder.vocabularySize }
    var warnings: [String] { dimensions.warnings }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName)
        windows.write(to: &metadata, architecture: Self.ggufName)
        metadata["\(Self.ggufName).rope.freq_base_swa"] = .float32(Float(localRopeBase))
    }

    var tensorRules: [TensorRule] {
        dimensions.decoder.tensorRules(
            DecoderTraits(normalizesQueriesAndKeys: true, normalizesOutputs: true, normOffset: 1))
    }
    var ignoredTensors: Set<String> { dimensions.decoder.ignoredTensors }
}
