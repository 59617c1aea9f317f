import GGUF
import Tensors

/// MistralForCausalLM: a Llama whose attention may look back over a window only. It becomes a `llama` with the window's key.
struct Mistral: CheckpointArchitecture {
    static let className = "MistralForCausalLM"
    static let ggufName = Llama.ggufName

    let llama: Llama
    /// Tokens that attention reaches back over, or nil for all.
    let slidingWindow: Int?

    init(_ config: CheckpointConfig) throws(ConversionError) {
        llama = Llama(
            dimensions: try DecoderDimensions(
                config, defaults: .init(headCountKV: 8, contextLength: 131_072, ropeKinds: RopeScaling.Kind.ofLlama)))
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
