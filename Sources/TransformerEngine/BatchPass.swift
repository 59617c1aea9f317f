// What decoders and encoders do alike with the tokens of a batch.
import CKernels
import Compute

/// A batch of tokens on its way through a network: rows of activations, one a token.
protocol BatchPass: AnyObject {
    var pool: ThreadPool { get }
    var vectors: quern_vector_table { get }
    var multiplier: MatrixMultiplier { get }
    /// Rows in use.
    var count: Int { get }
    var tokens: [Int32] { get }
    /// width: the residual stream.
    var hidden: FloatMatrix { get }
    /// Of models that are loaded with adapters.
    var lowRank: LowRankWorkspace? { get }

    /// Tells whoever wants to know that rows of activations meet these tensors, or one expert of them.
    func observe(
        _ names: [String], _ rows: UnsafePointer<Float>, rows count: Int, width: Int, expert: (index: Int, count: Int))
}

extension BatchPass {
    /// output = input * matrix (+ adapters) (+ bias)
    func multiply(_ linear: Linear, _ input: FloatMatrix, into output: UnsafeMutablePointer<Float>) {
        guard count > 0 else { return }
        observe([linear.name], input.start, rows: count, width: input.width, expert: (0, 1))
        multiplier.multiply(
            linear.matrix, input: UnsafePointer(input.start), inputStride: input.width, tokens: count, output: output)
        add(linear.terms, input.start, input.width, tokens: count, to: output, rows: linear.matrix.rows)
        add(linear.bias, to: output)
    }

    /// Several products of one input.
    func multiply(_ group: LinearGroup, _ input: FloatMatrix, into outputs: [UnsafeMutablePointer<Float>]) {
        guard count > 0 else { return }
        observe(group.names, input.start, rows: count, width: input.width, expert: (0, 1))
        multiplier.multiply(
            group.matrices, input: UnsafePointer(input.start), inputStride: input.width, tokens: count, outputs: outputs)
        if lowRank != nil {
            for (index, output) in outputs.enumerated() {
                add(group.terms[index], input.start, input.width, tokens: count, to: output, rows: group.matrices[index].rows)
            }
        }
        for (bias, output) in zip(group.biases, outputs) { add(bias, to: output) }
    }

    private func add(_ bias: WeightVector?, to output: UnsafeMutablePointer<Float>) {
        guard let bias else { return }
        forEachToken { token in vectors.add(output + token * bias.count, bias.start, Int64(bias.count)) }
    }

    /// Calls `body` for each row in use: on all threads for a batch, directly for a single token.
    func forEachToken(_ body: (Int) -> Void) {
        if count == 1 { body(0) } else { pool.parallelFor(count, body) }
    }
}
