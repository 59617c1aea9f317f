// Feed-forward networks of which a router picks a few for each token, and what a forward pass does with them.
import CKernels
import Compute
import Glibc

/// A mixture of experts (Shazeer et al. 2017; Jiang et al. 2024): the sum of some gated networks, weighed by the router's softmax.
struct ExpertFeedForward: Sendable {
    /// (experts, width)
    let router: Linear
    /// For each expert (length, width), (length, width) and (width, length).
    let gates: [WeightMatrix]
    let ups: [WeightMatrix]
    let downs: [WeightMatrix]
    /// What adapters add to each of them.
    let gateTerms: [[LowRankTerm]]
    let upTerms: [[LowRankTerm]]
    let downTerms: [[LowRankTerm]]
    /// Whether the weights of a token's experts are made to add up to one.
    let normalizesWeights: Bool
    let usedCount: Int
    let length: Int
    /// The tensors that gates and ups lie in, and the one of downs.
    let inputNames: [String]
    let downName: String
    var shared: SharedExpert?

    /// A network that every token goes through, weighed by a sigmoid of its own (Qwen2-MoE).
    struct SharedExpert: Sendable {
        let network: GatedFeedForward
        /// (1, width)
        let gate: Linear
    }

    /// Reads `ffn_gate_inp` and the stacks `ffn_gate_exps`, `ffn_up_exps` and `ffn_down_exps`.
    init(_ block: WeightReader, _ parameters: ExpertParameters, normalizesWeights: Bool) throws(EngineError) {
        let width = block.parameters.width
        (usedCount, length) = (parameters.usedCount, parameters.feedForwardLength)
        self.normalizesWeights = parameters.normalizesWeights ?? normalizesWeights
        router = try block.linear("ffn_gate_inp", rows: parameters.count, columns: width)
        inputNames = ["ffn_gate_exps.weight", "ffn_up_exps.weight"].map(block.fullName)
        downName = block.fullName("ffn_down_exps.weight")
        gates = try block.stack("ffn_gate_exps.weight", count: parameters.count, rows: length, columns: width)
        ups = try block.stack("ffn_up_exps.weight", count: parameters.count, rows: length, columns: width)
        downs = try block.stack("ffn_down_exps.weight", count: parameters.count, rows: width, columns: length)
        gateTerms = block.stackTerms("ffn_gate_exps.weight", count: parameters.count)
        upTerms = block.stackTerms("ffn_up_exps.weight", count: parameters.count)
        downTerms = block.stackTerms("ffn_down_exps.weight", count: parameters.count)
    }
}

extension ExpertFeedForward.SharedExpert {
    /// Reads `ffn_gate_inp_shexp` and the network whose names end in `_shexp`.
    init(_ block: WeightReader, _ parameters: ExpertParameters) throws(EngineError) {
        network = try GatedFeedForward(block, suffix: "_shexp", length: parameters.sharedFeedForwardLength)
        let name = "ffn_gate_inp_shexp.weight"
        gate = Linear(
            matrix: try block.row(name, columns: block.parameters.width), bias: nil, name: block.fullName(name))
    }
}

extension ForwardPass {
    /// `branch` (normed) through each token's experts, back into `branch`.
    func feedForward(_ network: ExpertFeedForward) {
        guard let experts, count > 0 else { return }
        multiply(network.router, branch, into: experts.scores)
        forEachToken { token in
            experts.choose(token: token, of: network.gates.count, normalizing: network.normalizesWeights)
        }
        if let shared = network.shared {
            multiply(shared.gate, branch, into: experts.sharedWeights)
            feedForward(shared.network, into: experts.sharedOutputs)
        }
        if count == 1 { runForOneToken(network, experts) } else { runGrouped(network, experts) }
        forEachToken { token in
            experts.combine(token: token, into: branch.row(token), hasShared: network.shared != nil, vectors)
        }
    }

    /// All of a token's gates and ups take the same input, so they are one product.
    private func runForOneToken(_ network: ExpertFeedForward, _ experts: ExpertWorkspace) {
        let (gates, ups) = (experts.gates, experts.ups)
        experts.withMatrices { matrices, outputs in
            for rank in 0..<network.usedCount {
                let expert = Int(experts.chosen[rank])
                matrices.append(network.gates[expert])
                matrices.append(network.ups[expert])
                outputs.append(gates.row(rank))
                outputs.append(ups.row(rank))
                observe(network.inputNames, branch.row(0), rows: 1, width: branch.width, expert: (expert, network.gates.count))
            }
            multiplier.multiply(matrices, input: branch.start, tokens: 1, outputs: outputs)
        }
        for rank in 0..<network.usedCount {
            let expert = Int(experts.chosen[rank])
            add(network.gateTerms[expert], branch.start, branch.width, tokens: 1, to: gates.row(rank), rows: network.length)
            add(network.upTerms[expert], branch.start, branch.width, tokens: 1, to: ups.row(rank), rows: network.length)
        }
        for rank in 0..<network.usedCount {
            experts.rows[rank] = Int32(rank)
            activate(.silu, gates.row(rank), ups.row(rank), network.length)
            let expert = Int(experts.chosen[rank])
            observe([network.downName], gates.row(rank), rows: 1, width: gates.width, expert: (expert, network.downs.count))
            multiplier.multiply(
                network.downs[expert], input: gates.row(rank), tokens: 1, output: experts.outputs.row(rank))
            add(
                network.downTerms[expert], gates.row(rank), gates.width, tokens: 1, to: experts.outputs.row(rank),
                rows: parameters.width)
        }
    }

    /// Tokens grouped by expert, so that each expert's weights are read once.
    private func runGrouped(_ network: ExpertFeedForward, _ experts: ExpertWorkspace) {
        experts.group(tokens: count, experts: network.gates.count)
        forEachToken { token in
            for rank in 0..<network.usedCount {
                let row = Int(experts.rows[token * network.usedCount + rank])
                experts.inputs.row(row).update(from: branch.row(token), count: parameters.width)
            }
        }
        for (expert, gate) in network.gates.enumerated() {
            let (start, tokens) = experts.group(of: expert)
            guard tokens > 0 else { continue }
            observe(
                network.inputNames, experts.inputs.row(start), rows: tokens, width: experts.inputs.width,
                expert: (expert, network.gates.count))
            experts.withMatrices { matrices, outputs in
                matrices.append(gate)
                matrices.append(network.ups[expert])
                outputs.append(experts.gates.row(start))
                outputs.append(experts.ups.row(start))
                multiplier.multiply(matrices, input: experts.inputs.row(start), tokens: tokens, outputs: outputs)
            }
            let (input, width) = (experts.inputs.row(start), experts.inputs.width)
            add(network.gateTerms[expert], input, width, tokens: tokens, to: experts.gates.row(start), rows: network.length)
            add(network.upTerms[expert], input, width, tokens: tokens, to: experts.ups.row(start), rows: network.length)
        }
        pool.parallelFor(count * network.usedCount) { row in
            activate(.silu, experts.gates.row(row), experts.ups.row(row), network.length)
        }
        for (expert, down) in network.downs.enumerated() {
            let (start, tokens) = experts.group(of: expert)
            guard tokens > 0 else { continue }
            observe(
                [network.downName], experts.gates.row(start), rows: tokens, width: experts.gates.width,
                expert: (expert, network.downs.count))
            multiplier.multiply(down, input: experts.gates.row(start), tokens: tokens, output: experts.outputs.row(start))
            add(
                network.downTerms[expert], experts.gates.row(start), experts.gates.width, tokens: tokens,
                to: experts.outputs.row(start), rows: parameters.width)
        }
    }
}
