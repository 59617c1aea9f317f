import GGUF
import Glibc

/// How rotary positions are stretched past the length that a model was trained on: `rope_parameters` of transformers 5, or
/// `rope_theta` and `rope_scaling` of what came before.
enum RopeScaling: Sendable, Equatable {
    case none
    /// Positions divided by `factor`.
    case linear(factor: Double)
    /// Llama 3.1's: each frequency divided by its own number, written as a tensor (`RopeFactors`).
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalContext: Int)
    case yarn(YaRN)
    /// Each frequency divided by its own number, of which there are two sets, written as tensors (`RopeFactors`).
    case longrope(LongRoPE)

    /// YaRN (arXiv 2309.00071). What is nil has the runner's default.
    struct YaRN: Sendable, Equatable {
        var factor: Double
        var originalContext: Int
        var extrapolationFactor: Double?
        var attentionFactor: Double?
        var betaFast: Double?
        var betaSlow: Double?
        /// Whole constant that transformers multiplies cosines and sines with, where that is not `usualMagnitude`.
        var magnitude: Double?

        /// What runners take the constant for.
        var usualMagnitude: Double { Self.magnitude(factor: factor, scale: 1) }

        static func magnitude(factor: Double, scale: Double) -> Double { factor > 1 ? 1 + 0.1 * scale * log(factor) : 1 }
    }

    /// LongRoPE (arXiv 2402.13753), which Phi-3's first files call "su".
    struct LongRoPE: Sendable, Equatable {
        /// Divisors in contexts up to the original one, and in longer ones.
        var short: [Double]
        var long: [Double]
        var originalContext: Int
        /// What cosines and sines are multiplied with.
        var attentionFactor: Double
    }

    /// The types that are understood, as config.json names them.
    enum Kind: String, CaseIterable, Sendable {
        case none = "default"
        case linear, llama3, yarn, longrope

        static let ofLlama: [Kind] = [.none, .linear, .llama3, .yarn]
        static let ofQwen: [Kind] = [.none, .linear, .yarn]
    }
}

/// The frequencies and their stretching, from either dialect.
struct RopeParameters: Sendable, Equatable {
    let frequencyBase: Double
    let scaling: RopeScaling
    /// How much of a head is turned.
    let partialFactor: Double

    /// - Parameters:
    ///   - supported: what the architecture's runners understand.
    ///   - defaultBase: `rope_theta` where config.json has none.
    ///   - allowsPartial: whether less than a whole head may be turned.
    init(
        _ config: CheckpointConfig, contextLength: Int, supported: [RopeScaling.Kind], defaultBase: Double = 10_000,
        allowsPartial: Bool = false
    ) throws(ConversionError) {
        var parameters = try config.optionalObject("rope_parameters")
        if parameters == nil { parameters = try config.optionalObject("rope_scaling") }
        // Models with windows on some layers have one object for each kind of layer.
        if let full = try parameters?.optionalObject("full_attention") { parameters = full }
        let outerBase = try config.optionalPositive("rope_theta")
        frequencyBase = try parameters?.optionalPositive("rope_theta") ?? outerBase ?? defaultBase
        partialFactor = try Self.partialFactor(parameters, config, allowsPartial: allowsPartial)
        guard let parameters else {
            scaling = .none
            return
        }
        let oldName = try parameters.optionalString("type")
        let name = try parameters.optionalString("rope_type") ?? oldName ?? RopeScaling.Kind.none.rawValue
        // Phi-3's first files have other names for it.
        let isLongRoPE = name == "su" || parameters.has("long_factor")
        guard let kind = isLongRoPE ? .longrope : RopeScaling.Kind(rawValue: name), supported.contains(kind) else {
            throw .unsupportedRope(type: name, supported: supported.map(\.rawValue))
        }
        scaling = try Self.scaling(kind, parameters, config: config, contextLength: contextLength)
    }

    private static func partialFactor(
        _ parameters: CheckpointConfig?, _ config: CheckpointConfig, allowsPartial: Bool
    ) throws(ConversionError) -> Double {
        let key = "partial_rotary_factor"
        let holder = parameters?.has(key) == true ? parameters ?? config : config
        guard let partial = try holder.optionalPositive(key) else { return 1 }
        guard partial == 1 || allowsPartial && partial < 1 else {
            throw holder.error(key, found: "\(partial)", wanted: allowsPartial ? "at most 1" : "1")
        }
        return partial
    }

    private static func scaling(
        _ kind: RopeScaling.Kind, _ parameters: CheckpointConfig, config: CheckpointConfig, contextLength: Int
    ) throws(ConversionError) -> RopeScaling {
        let key = "original_max_position_embeddings"
        let outerContext = try config.optionalInt(key, in: CheckpointConfig.widths)
        let originalContext = try parameters.optionalInt(key, in: CheckpointConfig.widths) ?? outerContext
        switch kind {
        case .none: return .none
        case .linear: return .linear(factor: try parameters.positive("factor"))
        case .llama3:
            let low = try parameters.optionalPositive("low_freq_factor") ?? 1
            let high = try parameters.optionalPositive("high_freq_factor") ?? 4
            guard low < high else { throw parameters.error("high_freq_factor", found: "\(high)", wanted: "more than \(low)") }
            return .llama3(
                factor: try parameters.optionalPositive("factor") ?? 8, lowFrequency: low, highFrequency: high,
                originalContext: originalContext ?? 8192)
        case .longrope:
            return try longrope(
                parameters, originalContext: originalContext ?? contextLength, contextLength: contextLength)
        case .yarn:
            return .yarn(try yarn(parameters, originalContext: originalContext ?? contextLength))
        }
    }

    private static func yarn(
        _ parameters: CheckpointConfig, originalContext: Int
    ) throws(ConversionError) -> RopeScaling.YaRN {
        if try parameters.optionalBool("truncate") == false {
            throw parameters.error("truncate", found: "false", wanted: "true, as runners have it")
        }
        let factor = try parameters.positive("factor")
        let stated = try parameters.optionalPositive("attention_factor")
        let oldFactor = try parameters.optionalPositive("attn_factor")
        var yarn = RopeScaling.YaRN(
            factor: factor, originalContext: originalContext,
            extrapolationFactor: try parameters.optionalPositive("extrapolation_factor"), attentionFactor: stated ?? oldFactor,
            betaFast: try parameters.optionalPositive("beta_fast"), betaSlow: try parameters.optionalPositive("beta_slow"))
        yarn.magnitude = stated
        // Two scales count together only, and where the constant itself is not given.
        if stated == nil, let own = try parameters.optionalPositive("mscale"),
            let all = try parameters.optionalPositive("mscale_all_dim")
        {
            yarn.magnitude =
                RopeScaling.YaRN.magnitude(factor: factor, scale: own) / RopeScaling.YaRN.magnitude(factor: factor, scale: all)
        }
        return yarn
    }

    private static func longrope(
        _ parameters: CheckpointConfig, originalContext: Int, contextLength: Int
    ) throws(ConversionError) -> RopeScaling {
        let stretch = Double(contextLength) / Double(originalContext)
        let factor = try parameters.optionalPositive("factor") ?? stretch
        let suggested = factor > 1 ? (1 + log(factor) / log(Double(originalContext))).squareRoot() : 1
        return .longrope(
            RopeScaling.LongRoPE(
                short: try parameters.positives("short_factor"), long: try parameters.positives("long_factor"),
                originalContext: originalContext,
                attentionFactor: try parameters.optionalPositive("attention_factor") ?? suggested))
    }

    /// The keys that describe it, in llama.cpp's order.
    func write(to metadata: inout GGUFMetadata, architecture: String) {
        switch scaling {
        case .none, .llama3: break
        case .longrope(let longrope):
            metadata[GGUFKey.ropeScalingOriginalContext(architecture)] = .uint32(UInt32(longrope.originalContext))
            metadata[GGUFKey.ropeScalingAttentionFactor(architecture)] = .float32(Float(longrope.attentionFactor))
        case .linear(let factor):
            metadata[GGUFKey.ropeScalingType(architecture)] = .string("linear")
            metadata[GGUFKey.ropeScalingFactor(architecture)] = .float32(Float(factor))
        case .yarn(let yarn):
            metadata[GGUFKey.ropeScalingType(architecture)] = .string("yarn")
            metadata[GGUFKey.ropeScalingFactor(architecture)] = .float32(Float(yarn.factor))
            metadata[GGUFKey.ropeScalingOriginalContext(architecture)] = .uint32(UInt32(yarn.originalContext))
            // Runners multiply it with the usual constant.
            if let magnitude = yarn.magnitude {
                metadata[GGUFKey.ropeScalingAttentionFactor(architecture)] = .float32(Float(magnitude / yarn.usualMagnitude))
            }
            for (name, value) in [
                ("ext_factor", yarn.extrapolationFactor), ("attn_factor", yarn.attentionFactor), ("beta_fast", yarn.betaFast),
                ("beta_slow", yarn.betaSlow),
            ] {
                if let value { metadata["\(architecture).rope.scaling.yarn_\(name)"] = .float32(Float(value)) }
            }
        }
        metadata[GGUFKey.ropeFrequencyBase(architecture)] = .float32(Float(frequencyBase))
    }
}
