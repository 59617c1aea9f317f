import GGUF

/// How rotary positions are stretched past the length that a model was trained on: `rope_parameters` of transformers 5, or
/// `rope_theta` and `rope_scaling` of what came before.
enum RopeScaling: Sendable, Equatable {
    case none
    /// Positions divided by `factor`.
    case linear(factor: Double)
    /// Llama 3.1's: each frequency divided by its own number, written as a tensor (`RopeFactors`).
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalContext: Int)
    case yarn(YaRN)

    /// YaRN (arXiv 2309.00071). What is nil has the runner's default.
    struct YaRN: Sendable, Equatable {
        var factor: Double
        var originalContext: Int
        var extrapolationFactor: Double?
        var attentionFactor: Double?
        var betaFast: Double?
        var betaSlow: Double?
    }

    /// The types that are understood, as config.json names them.
    enum Kind: String, CaseIterable, Sendable {
        case none = "default"
        case linear, llama3, yarn
    }
}

/// The frequencies and their stretching, from either dialect.
struct RopeParameters: Sendable, Equatable {
    let frequencyBase: Double
    let scaling: RopeScaling

    private static let defaultFrequencyBase = 10_000.0

    /// - Parameter supported: what the architecture's runners understand.
    init(_ config: CheckpointConfig, contextLength: Int, supported: [RopeScaling.Kind]) throws(ConversionError) {
        var parameters = try config.optionalObject("rope_parameters")
        if parameters == nil { parameters = try config.optionalObject("rope_scaling") }
        // Models with windows on some layers have one object for each kind of layer.
        if let full = try parameters?.optionalObject("full_attention") { parameters = full }
        let outerBase = try config.optionalPositive("rope_theta")
        frequencyBase = try parameters?.optionalPositive("rope_theta") ?? outerBase ?? Self.defaultFrequencyBase
        guard let parameters else {
            scaling = .none
            return
        }
        if let partial = try parameters.optionalPositive("partial_rotary_factor"), partial != 1 {
            throw parameters.error("partial_rotary_factor", found: "\(partial)", wanted: "1")
        }
        let oldName = try parameters.optionalString("type")
        let name = try parameters.optionalString("rope_type") ?? oldName ?? RopeScaling.Kind.none.rawValue
        guard let kind = RopeScaling.Kind(rawValue: name), supported.contains(kind) else {
            throw .unsupportedRope(type: name, supported: supported.map(\.rawValue))
        }
        scaling = try Self.scaling(kind, parameters, config: config, contextLength: contextLength)
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
        case .yarn:
            let oldFactor = try parameters.optionalPositive("attn_factor")
            return .yarn(
                RopeScaling.YaRN(
                    factor: try parameters.positive("factor"),
                    originalContext: originalContext ?? contextLength,
                    extrapolationFactor: try parameters.optionalPositive("extrapolation_factor"),
                    attentionFactor: try parameters.optionalPositive("attention_factor") ?? oldFactor,
                    betaFast: try parameters.optionalPositive("beta_fast"), betaSlow: try parameters.optionalPositive("beta_slow")))
        }
    }

    /// The keys that describe it, in llama.cpp's order.
    func write(to metadata: inout GGUFMetadata, architecture: String) {
        switch scaling {
        case .none, .llama3: break
        case .linear(let factor):
            metadata[GGUFKey.ropeScalingType(architecture)] = .string("linear")
            metadata[GGUFKey.ropeScalingFactor(architecture)] = .float32(Float(factor))
        case .yarn(let yarn):
            metadata[GGUFKey.ropeScalingType(architecture)] = .string("yarn")
            metadata[GGUFKey.ropeScalingFactor(architecture)] = .float32(Float(yarn.factor))
            metadata[GGUFKey.ropeScalingOriginalContext(architecture)] = .uint32(UInt32(yarn.originalContext))
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
