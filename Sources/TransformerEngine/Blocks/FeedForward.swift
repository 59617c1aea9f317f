// The weights of a feed-forward network, and what a forward pass does with them.
import CKernels

/// A gated feed-forward network: down(silu(gate(x)) * up(x)) (Shazeer 2020, "SwiGLU").
struct GatedFeedForward: Sendable {
    /// Gate and up.
    let inputs: LinearGroup
    let down: Linear

    /// Reads `ffn_gate`, `ffn_up` and `ffn_down`, with their biases where there are any.
    init(_ block: WeightReader) throws(EngineError) {
        let parameters = block.parameters
        inputs = LinearGroup([
            try block.linear("ffn_gate", rows: parameters.feedForwardLength, columns: parameters.width),
            try block.linear("ffn_up", rows: parameters.feedForwardLength, columns: parameters.width),
        ])
        down = try block.linear("ffn_down", rows: parameters.width, columns: parameters.feedForwardLength)
    }
}

extension ForwardPass {
    /// `branch` (normed) through the network, back into `branch`.
    func feedForward(_ network: GatedFeedForward) {
        multiply(network.inputs, branch, into: gateStarts)
        forEachToken { token in
            vectors.silu_multiply(gate.row(token), up.row(token), Int64(parameters.feedForwardLength))
        }
        multiply(network.down, gate, into: branch.start)
    }
}
