import GGUF
import Tensors

/// Phi3ForCausalLM: Phi-3, Phi-3.5 and Phi-4: a Llama with fused projections and, for long contexts, two sets of rotary divisors.
struct Phi3: CheckpointArchitecture {
    static let className = "Phi3ForCausalLM"
    static let ggufName = "phi3"

    let dimensions: DecoderDimensions
    /// Tokens that attention reaches back over, or zero for all.
    let slidingWindow: Int
    /// Positions of the first training.
    let originalContext: Int
    /// Elements of a head that are turned.
    let ropeLength: Int

    init(_ config: CheckpointConfig) throws(ConversionError) {
        dimensions = try DecoderDimensions(
            config,
            defaults: .init(
                contextLength: 4096, ropeKinds: [.none, .longrope], allowsPartialRope: true, vocabularySize: 32_064,
                normEpsilon: 1e-5))
        slidingWindow = try config.optionalInt("sliding_window", in: CheckpointConfig.widths) ?? 0
        let key = "original_max_position_embeddings"
        originalContext = try config.int(key, in: CheckpointConfig.widths, default: dimensions.contextLength)
        let rope = dimensions.rope
        let turned = Int(rope.partialFactor * Double(dimensions.headLength))
        guard turned > 0, turned % 2 == 0 else {
            throw config.error("partial_rotary_factor", found: "\(rope.partialFactor)", wanted: "an even share of a head")
        }
        ropeLength = turned
        guard case .longrope(let longrope) = rope.scaling else { return }
        for (key, factors) in [("short_factor", longrope.short), ("long_factor", longrope.long)] where factors.count != turned / 2 {
            throw config.error(
                "rope_parameters.\(key)", found: "\(factors.count) numbers", wanted: "one for each of \(turned / 2) rotary pairs")
        }
    }

    var vocabularySize: Int { dimensions.vocabularySize }

    func write(to metadata: inout GGUFMetadata) {
        dimensions.write(to: &metadata, architecture: Self.ggufName, headLengthKeys: false)
        metadata[GGUFKey.ropeScalingOriginalContext(Self.ggufName)] = .uint32(UInt32(originalContext))
        metadata[GGUFKey.ropeDimensionCount(Self.ggufName)] = .uint32(UInt32(ropeLength))
        metadata[GGUFKey.slidingWindow(Self.ggufName)] = .uint32(UInt32(slidingWindow))
    }

    var tensorRules: [TensorRule] { dimensions.tensorRules(DecoderTraits(fusesProjections: true)) }
    var ignoredTensors: Set<String> { dimensions.ignoredTensors }

    var synthesizedTensors: [TensorSource] {
        guard case .longrope(let longrope) = dimensions.rope.scaling else { return [] }
        return RopeFactors.tensors(longrope)
    }
}
