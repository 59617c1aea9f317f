// The workspace of an embedding session: the activations of one batch of sequences, and the steps that move them.
import CKernels
import Compute

/// Activations of a batch of whole sequences. Rows are tokens; the comments give the width of a row.
///
/// Keys and values live for one layer only: nothing of a sequence is used again. They are kept in F32, since they are few.
final class EncoderPass {
    /// One sequence of the batch.
    struct Sequence {
        /// Its rows in the batch.
        let rows: Range<Int>
        /// Its first position in the key and value cells; sequences begin at whole tiles.
        let cell: Int
        /// Positions from there to the next sequence.
        let capacity: Int
    }

    /// Consecutive tokens of one sequence that one call of the attention kernel takes.
    struct Tile {
        let sequence: Int
        let row: Int
        let count: Int
    }

    let parameters: Hyperparameters
    let pool: ThreadPool
    let vectors: quern_vector_table
    let cells: quern_cache_table
    private let multiplier: MatrixMultiplier

    /// width: the residual stream.
    let hidden: FloatMatrix
    /// width: the output of a block, before it is added to `hidden`.
    let branch: FloatMatrix
    /// heads * key length
    let queries: FloatMatrix
    /// KV heads * key length
    let keys: FloatMatrix
    /// KV heads * value length
    let values: FloatMatrix
    /// KV heads * key length, in the kernels' order of cells
    let keyCells: FloatMatrix
    /// KV heads * value length, in the kernels' order of cells
    let valueCells: FloatMatrix
    /// heads * value length
    let attended: FloatMatrix
    /// feed-forward length
    let gate: FloatMatrix
    let up: FloatMatrix
    /// rotary length
    let cosines: FloatMatrix
    let sines: FloatMatrix
    /// A row for each worker of the pool.
    let attentionScratch: FloatMatrix

    private(set) var tokens: [Int32] = []
    /// The place of each row in its sequence, from 0.
    private(set) var positions: [Int] = []
    /// The sequence of each row.
    private(set) var owners: [Int] = []
    private(set) var sequences: [Sequence] = []
    private(set) var tiles: [Tile] = []

    var count: Int { tokens.count }

    /// - Parameter capacity: tokens of a batch.
    init(parameters: Hyperparameters, capacity: Int, pool: ThreadPool, table: KernelTable) throws(EngineError) {
        (self.parameters, self.pool) = (parameters, pool)
        vectors = quern_vector_kernels(table.instructionSet).pointee
        cells = vectors.cache.1
        multiplier = MatrixMultiplier(pool: pool, table: table)
        func matrix(_ width: Int, rows: Int = capacity) throws(EngineError) -> FloatMatrix {
            try FloatMatrix(rows: rows, width: width, purpose: "activations of \(rows) tokens")
        }
        let (heads, keyValueHeads) = (parameters.headCount, parameters.keyValueHeadCount)
        hidden = try matrix(parameters.width)
        branch = try matrix(parameters.width)
        queries = try matrix(heads * parameters.keyLength)
        keys = try matrix(keyValueHeads * parameters.keyLength)
        values = try matrix(keyValueHeads * parameters.valueLength)
        let cellRows = Self.cellCapacity(tokens: capacity)
        keyCells = try matrix(keyValueHeads * parameters.keyLength, rows: cellRows)
        valueCells = try matrix(keyValueHeads * parameters.valueLength, rows: cellRows)
        attended = try matrix(heads * parameters.valueLength)
        gate = try matrix(parameters.feedForwardLength)
        up = try matrix(parameters.feedForwardLength)
        cosines = try matrix(parameters.ropeLength)
        sines = try matrix(parameters.ropeLength)
        attentionScratch = try FloatMatrix(
            rows: pool.threads, width: ForwardPass.attentionScratchWidth, purpose: "attention")
    }

    // MARK: Filling

    private static let tile = Int(QUERN_ATTENTION_TILE)

    /// Sequences that one batch takes at most: short texts would otherwise leave most cells to padding.
    static let sequenceLimit = 64

    private static func cellCapacity(tokens: Int) -> Int { tokens + sequenceLimit * tile }

    /// Replaces the batch.
    ///
    /// - Parameter batch: up to `sequenceLimit` sequences of at least one token each, `capacity` tokens together.
    func fill(_ batch: ArraySlice<[Int32]>) {
        tokens.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        owners.removeAll(keepingCapacity: true)
        sequences.removeAll(keepingCapacity: true)
        tiles.removeAll(keepingCapacity: true)
        let most = max(1, Int(QUERN_ATTENTION_ROWS) / parameters.groupSize)
        var cell = 0
        for sequence in batch {
            let rows = count..<count + sequence.count
            let capacity = (sequence.count + Self.tile - 1) / Self.tile * Self.tile
            for row in stride(from: rows.lowerBound, to: rows.upperBound, by: most) {
                tiles.append(Tile(sequence: sequences.count, row: row, count: min(most, rows.upperBound - row)))
            }
            owners.append(contentsOf: repeatElement(sequences.count, count: sequence.count))
            positions.append(contentsOf: sequence.indices)
            tokens.append(contentsOf: sequence)
            sequences.append(Sequence(rows: rows, cell: cell, capacity: capacity))
            cell += capacity
        }
    }

    // MARK: Steps

    /// Ids, type and places to hidden states; places to angles.
    func lookUp(_ embedding: WeightMatrix, _ type: WeightVector?, _ places: PostNormEncoder.Positions) {
        let width = Int64(parameters.width)
        forEachToken { token in
            let state = hidden.row(token)
            embedding.expandRow(Int(tokens[token]), into: state)
            if let type { vectors.add(state, type.start, width) }
            switch places {
            case .learned(let table):
                table.expandRow(positions[token], into: branch.row(token))
                vectors.add(state, branch.row(token), width)
            case .rotary(let rope):
                rope.fill(cosines.row(token), sines.row(token), position: positions[token], magnitude: rope.magnitude)
            }
        }
    }

    /// hidden = norm(hidden)
    func normalize(_ norm: LayerNorm) {
        forEachToken { token in
            vectors.layer_norm(
                hidden.row(token), hidden.row(token), norm.weight.start, norm.bias.start, Int64(parameters.width),
                parameters.normEpsilon)
        }
    }

    /// hidden = norm(hidden + branch)
    func addBranch(norm: LayerNorm) {
        forEachToken { token in vectors.add(hidden.row(token), branch.row(token), Int64(parameters.width)) }
        normalize(norm)
    }

    /// `hidden` through the network, into `branch`.
    func feedForward(_ network: PlainFeedForward) {
        multiply(network.up, hidden, into: up.start)
        forEachToken { token in vectors.gelu(up.row(token), Int64(parameters.feedForwardLength)) }
        multiply(network.down, up, into: branch.start)
    }

    func feedForward(_ network: GatedFeedForward) {
        multiply(network.inputs, hidden, into: [gate.start, up.start])
        forEachToken { token in
            vectors.silu_multiply(gate.row(token), up.row(token), Int64(parameters.feedForwardLength))
        }
        multiply(network.down, gate, into: branch.start)
    }

    /// output = input * matrix (+ bias)
    func multiply(_ linear: Linear, _ input: FloatMatrix, into output: UnsafeMutablePointer<Float>) {
        multiplier.multiply(
            linear.matrix, input: UnsafePointer(input.start), inputStride: input.width, tokens: count, output: output)
        add(linear.bias, to: output)
    }

    /// Several products of one input.
    func multiply(_ group: LinearGroup, _ input: FloatMatrix, into outputs: [UnsafeMutablePointer<Float>]) {
        multiplier.multiply(
            group.matrices, input: UnsafePointer(input.start), inputStride: input.width, tokens: count, outputs: outputs)
        for (bias, output) in zip(group.biases, outputs) { add(bias, to: output) }
    }

    private func add(_ bias: WeightVector?, to output: UnsafeMutablePointer<Float>) {
        guard let bias else { return }
        forEachToken { token in vectors.add(output + token * bias.count, bias.start, Int64(bias.count)) }
    }

    func forEachToken(_ body: (Int) -> Void) { pool.parallelFor(count, body) }
}
