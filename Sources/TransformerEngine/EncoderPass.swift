// The workspace of an embedding session: the activations of one batch of sequences, and the steps that move them.
import CKernels
import Compute

/// Activations of a batch of whole sequences. Rows are tokens; the comments give the width of a row.
///
/// Keys and values live for one layer only: nothing of a sequence is used again. They are kept in F32, since they are few.
final class EncoderPass: BatchPass {
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
    let multiplier: MatrixMultiplier

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
    /// Of models that are loaded with adapters.
    let lowRank: LowRankWorkspace?

    private(set) var tokens: [Int32] = []
    /// The place of each row in its sequence, from 0.
    private(set) var positions: [Int] = []
    /// The sequence of each row.
    private(set) var owners: [Int] = []
    private(set) var sequences: [Sequence] = []
    private(set) var tiles: [Tile] = []

    var count: Int { tokens.count }

    /// - Parameter capacity: tokens of a batch.
    init(model: EncoderModel, capacity: Int, pool: ThreadPool, table: KernelTable) throws(EngineError) {
        let parameters = model.hyperparameters
        (self.parameters, self.pool) = (parameters, pool)
        vectors = quern_vector_kernels(table.instructionSet).pointee
        cells = vectors.cache.1
        multiplier = MatrixMultiplier(pool: pool, table: table)
        func matrix(_ width: Int, rows: Int = capacity) throws(EngineError) -> FloatMatrix {
            try FloatMatrix(
                rows: rows, width: width, purpose: "activations of \(rows) tokens",
                isSureToBeUsed: rows == capacity && capacity <= Self.populatedAtOnce)
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
        gate = try matrix(model.network.hasGates ? parameters.feedForwardLength : 0)
        up = try matrix(parameters.feedForwardLength)
        let angles = model.network.rope == nil ? 0 : parameters.ropeLength
        cosines = try matrix(angles)
        sines = try matrix(angles)
        attentionScratch = try FloatMatrix(
            rows: pool.threads, width: ForwardPass.attentionScratchWidth, purpose: "attention")
        lowRank = try model.adapterExtent.map { extent throws(EngineError) in
            try LowRankWorkspace(rank: extent.rank, rows: extent.rows, batchSize: capacity)
        }
    }

    /// Floats that a token of a batch takes, those of its keys and values in their cells included.
    static func floats(ofToken model: EncoderModel) -> Int {
        let shape = model.hyperparameters
        let (queries, cells) = (shape.headCount, 2 * shape.keyValueHeadCount)
        return 2 * shape.width + (queries + cells) * (shape.keyLength + shape.valueLength)
            + (model.network.hasGates ? 2 : 1) * shape.feedForwardLength
            + (model.network.rope == nil ? 0 : 2 * shape.ropeLength)
            + (model.adapterExtent.map { LowRankWorkspace.floats(ofTokenAt: $0) } ?? 0)
    }

    /// A batch of up to so many tokens gets its pages at once, so that what a session holds does not depend on its first text.
    private static let populatedAtOnce = 1024

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
    func lookUp(
        _ embedding: WeightMatrix, _ terms: [LowRankTerm], _ type: WeightVector?, _ places: PostNormEncoder.Positions
    ) {
        let width = Int64(parameters.width)
        forEachToken { token in embedding.expandRow(Int(tokens[token]), into: hidden.row(token)) }
        addLookedUp(terms)
        forEachToken { token in
            let state = hidden.row(token)
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

    /// Importance is measured of decoders only.
    func observe(
        _ names: [String], _ rows: UnsafePointer<Float>, rows count: Int, width: Int, expert: (index: Int, count: Int)
    ) {}
}
