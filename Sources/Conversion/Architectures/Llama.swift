import GGUF
import Tensors

/// LlamaForCausalLM: Llama 1 to 3.3 and everything that declares itself one (Yi, SmolLM, Vicuna, ...).
struct Llama: CheckpointArchitecture {
    static let className = "LlamaForCausalLM"
    static let ggufName = "llama"

    let dimensions: DecoderDimensions
    /// Mixtral's.
    let experts: ExpertDimensions?

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config, defaults: .init(contextLength: 2048, ropeKinds: RopeScaling.Kind.ofLlama))
        experts = nil
    }

    /// For architectures that are Llamas but for their defaults.
    init(dimensions: DecoderDimensions, experts: ExpertDimensions? = nil) {
        (self.dimensions, self.experts) = (dimensions, experts)
    }

    var vocabularySize: Int { dimensions.vocabularySize }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: true)
        experts?.write(to: &metadata, architecture: Self.ggufName)
        metadata[GGUFKey.vocabularySize(Self.ggufName)] = .uint32(UInt32(dimensions.vocabularySize))
        metadata[GGUFKey.ropeDimensionCount(Self.ggufName)] = .uint32(UInt32(dimensions.headLength))
    }

    var tensorRules: [TensorRule] { dimensions.tensorRules(DecoderTraits(regroupsRotaryRows: true, experts: experts)) }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }

    var synthesizedTensors: [TensorSource] {
        guard case .llama3(let factor, let low, let high, let context) = dimensions.rope.scaling else { return [] }
        return [
            RopeFactors.tensor(
                frequencyBase: dimensions.rope.frequencyBase, headLength: dimensions.headLength, factor: factor, lowFrequency: low,
                highFrequency: high, originalContext: context)
        ]
    }
}
