import GGUF
import Tensors

/// MixtralForCausalLM: a Llama whose layers have a router and experts. It becomes a `llama` with expert counts.
struct Mixtral: CheckpointArchitecture {
    static let className = "MixtralForCausalLM"
    static let ggufName = Llama.ggufName

    let llama: Llama
    /// Tokens that attention reaches back over, or nil for all.
    let slidingWindow: Int?

    init(_ config: CheckpointConfig) throws(ConversionError) {
        let dimensions = try DecoderDimensions(
            config,
            defaults: .init(
                headCountKV: 8, contextLength: 131_072, ropeKinds: RopeScaling.Kind.ofLlama, ropeBase: 1_000_000, normEpsilon: 1e-5)
        )
        let count = try config.int("num_local_experts", in: 1...1024, default: 8)
        llama = Llama(
            dimensions: dimensions,
            experts: ExpertDimensions(
                count: count, usedCount: try config.int("num_experts_per_tok", in: 1...count, default: 2),
                length: dimensions.feedForwardLength, naming: .mixtral))
        slidingWindow = try config.optionalInt("sliding_window", in: CheckpointConfig.widths)
    }

    var vocabularySize: Int { llama.vocabularySize }

    func write(to metadata: inout GGUFMetadata) {
        llama.write(to: &metadata)
        if let slidingWindow { metadata[GGUFKey.slidingWindow(Self.ggufName)] = .uint32(UInt32(slidingWindow)) }
    }

    var tensorRules: [TensorRule] { llama.tensorRules }
    var ignoredTensors: Set<String> { llama.ignoredTensors }
    var synthesizedTensors: [TensorSource] { llama.synthesizedTensors }
}
