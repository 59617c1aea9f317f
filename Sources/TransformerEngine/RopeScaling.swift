// How a model's rotary frequencies are stretched to contexts longer than it was first trained for.
import GGUF
import Glibc

/// The scaling that `rope.scaling.type` names. Llama 3's comes as a tensor of factors instead (`rope_freqs.weight`).
public enum RopeScaling: Sendable, Equatable {
    case none
    /// All positions divided by `factor` (Chen et al. 2023).
    case linear(factor: Double)
    /// Slow frequencies divided by `factor`, fast ones kept, a ramp between them (YaRN; Peng et al. 2023).
    case yarn(Yarn)
    /// Frequencies divided by factors that come as tensors, one set for short contexts and one for long ones (LongRoPE; Ding et
    /// al. 2024); cosines and sines are multiplied with a constant.
    case longrope(attentionFactor: Double)

    public struct Yarn: Sendable, Equatable {
        public var factor: Double
        /// Positions of the first training.
        public var originalContextLength: Int
        /// A frequency that turns this often within the original context is fast and kept.
        public var betaFast = 32.0
        /// One that turns this often or less is slow and divided.
        public var betaSlow = 1.0
        /// Multiplies the correction of the attention's temperature.
        public var attentionFactor = 1.0
    }

    static let names = ["none", "linear", "yarn", "longrope"]

    init(_ reader: HyperparameterReader, architecture: String, contextLength: Int) throws(EngineError) {
        let key = GGUFKey.ropeScalingType(architecture)
        let name = reader.metadata.string(key)
        let factor = try reader.number(GGUFKey.ropeScalingFactor(architecture), above: 0, default: 1)
        switch name {
        // llama.cpp's converter writes the constant and no type.
        case nil where reader.metadata[GGUFKey.ropeScalingAttentionFactor(architecture)] != nil, "longrope":
            self = .longrope(
                attentionFactor: try reader.number(GGUFKey.ropeScalingAttentionFactor(architecture), above: 0, default: 1))
        // llama.cpp applies a factor that comes without a type as linear.
        case nil, "linear": self = factor == 1 ? .none : .linear(factor: factor)
        case "none": self = .none
        case "yarn":
            var yarn = Yarn(
                factor: factor,
                originalContextLength: try reader.int(
                    GGUFKey.ropeScalingOriginalContext(architecture), in: 1...(1 << 30), default: contextLength))
            yarn.attentionFactor = try reader.number(
                GGUFKey.ropeScalingAttentionFactor(architecture), above: 0, default: 1)
            yarn.betaFast = try reader.number("\(architecture).rope.scaling.yarn_beta_fast", above: 0, default: 32)
            yarn.betaSlow = try reader.number("\(architecture).rope.scaling.yarn_beta_slow", above: 0, default: 1)
            self = .yarn(yarn)
        case let other?: throw .unsupportedRopeScaling(key: key, found: other, supported: Self.names)
        }
    }

    /// The frequency of a pair, scaled.
    ///
    /// - Parameters:
    ///   - frequency: radians per position before scaling.
    ///   - pair: its index, for the ramp between kept and divided frequencies.
    func scaled(_ frequency: Double, pair: Int, ropeLength: Int, base: Double) -> Double {
        switch self {
        case .none, .longrope: return frequency
        case .linear(let factor): return frequency / factor
        case .yarn(let yarn):
            // The pair that turns `beta` times within the original context, as a real number.
            func pairTurning(_ beta: Double) -> Double {
                Double(ropeLength) * log(Double(yarn.originalContextLength) / (beta * 2 * .pi)) / (2 * log(base))
            }
            let low = max(floor(pairTurning(yarn.betaFast)), 0)
            let high = min(ceil(pairTurning(yarn.betaSlow)), Double(ropeLength - 1))
            let ramp = min(max((Double(pair) - low) / max(high - low, 0.001), 0), 1)
            return frequency * (1 - ramp) + frequency / yarn.factor * ramp
        }
    }

    /// What cosines and sines are multiplied with, so that the attention's temperature fits the longer context.
    var magnitude: Double {
        switch self {
        case .none, .linear: 1
        case .yarn(let yarn): yarn.attentionFactor * (yarn.factor > 1 ? 1 + 0.1 * log(yarn.factor) : 1)
        case .longrope(let attentionFactor): attentionFactor
        }
    }
}
