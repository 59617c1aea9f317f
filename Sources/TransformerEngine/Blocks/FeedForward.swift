// The weights of a feed-forward network, and what a forward pass does with them.
import CKernels

/// What a feed-forward network does to its gate.
enum Activation: Sendable {
    /// x / (1 + exp(-x)): "SwiGLU".
    case silu
    /// GELU, approximated with tanh: "GeGLU".
    case gelu
}

/// A gated feed-forward network: down(activation(gate(x)) * up(x)) (Shazeer 2020).
struct GatedFeedForward: Sendable {
    /// Gate and up.
    let inputs: LinearGroup
    let down: Linear
    let activation: Activation
    /// Components between the halves.
    let length: Int

    /// Reads `ffn_gate`, `ffn_up` and `ffn_down`, with their biases where there are any; `ffn_up` with
    /// twice as many rows, and no gate beside it, holds both.
    ///
    /// - Parameters:
    ///   - suffix: of the names: `_shexp` for an expert that all tokens go through.
    ///   - length: components between the halves; the parameters' own where nil.
    init(
        _ block: WeightReader, activation: Activation = .silu, suffix: String = "", length: Int? = nil
    ) throws(EngineError) {
        let width = block.parameters.width
        let length = length ?? block.parameters.feedForwardLength
        (self.activation, self.length) = (activation, length)
        let isFused = !block.has("ffn_gate\(suffix).weight") && block.rows(of: "ffn_up\(suffix).weight") == 2 * length
        inputs = LinearGroup(
            isFused
                ? try block.fusedLinears("ffn_up\(suffix)", rows: [length, length], columns: width)
                : [
                    try block.linear("ffn_gate\(suffix)", rows: length, columns: width),
                    try block.linear("ffn_up\(suffix)", rows: length, columns: width),
                ])
        down = try block.linear("ffn_down\(suffix)", rows: width, columns: length)
    }
}

/// The feed-forward part of a layer: one network, or several that a router chooses from.
enum FeedForward: Sendable {
    case gated(GatedFeedForward)
    case experts(ExpertFeedForward)

    /// Reads experts where the block has a router, and one network where it has none.
    ///
    /// - Parameter normalizesWeights: whether the family makes the weights of a token's experts add up to one.
    init(_ block: WeightReader, normalizesWeights: Bool) throws(EngineError) {
        if let experts = block.parameters.experts, block.has("ffn_gate_inp.weight") {
            self = .experts(try ExpertFeedForward(block, experts, normalizesWeights: normalizesWeights))
        } else {
            self = .gated(try GatedFeedForward(block))
        }
    }
}

extension ForwardPass {
    /// `branch` (normed) through the network, back into `branch`.
    func feedForward(_ network: FeedForward) {
        switch network {
        case .gated(let network): feedForward(network, into: branch)
        case .experts(let network): feedForward(network)
        }
    }

    /// `branch` through the network, to rows of the model's width.
    func feedForward(_ network: GatedFeedForward, into output: FloatMatrix) {
        multiply(network.inputs, branch, into: gateStarts)
        let (gate, up) = (self.gate.narrowed(to: network.length), self.up.narrowed(to: network.length))
        forEachToken { token in activate(network.activation, gate.row(token), up.row(token), network.length) }
        multiply(network.down, gate, into: output.start)
    }

    /// gate = activation(gate) * up
    func activate(_ activation: Activation, _ gate: UnsafeMutablePointer<Float>, _ up: UnsafePointer<Float>, _ count: Int) {
        switch activation {
        case .silu: vectors.silu_multiply(gate, up, Int64(count))
        case .gelu: vectors.gelu_multiply(gate, up, Int64(count))
        }
    }
}
