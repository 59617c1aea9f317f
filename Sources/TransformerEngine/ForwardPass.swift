// The workspace of a session: the activations of one batch on their way through the network, and the steps that move them.
import CKernels
import Compute

/// Activations of a batch of tokens. Rows are tokens; the comments give the width of a row.
///
/// Networks call its steps; one caller at a time. Memory is taken once, for the largest batch.
final class ForwardPass: BatchPass {
    /// Where a token of the batch goes in the cache.
    struct Place {
        let slot: Int
        let position: Int
    }

    /// Consecutive tokens of one sequence that one call of the attention kernel takes.
    struct Tile {
        let slot: Int
        /// Row of the first token in the batch.
        let row: Int
        /// Its position in the sequence.
        let position: Int
        let count: Int
    }

    let parameters: Hyperparameters
    /// Those that layers choose from.
    let ropes: [RotaryEmbedding]
    let cache: KeyValueCache
    let pool: ThreadPool
    let vectors: quern_vector_table
    let multiplier: MatrixMultiplier

    /// width: the residual stream.
    let hidden: FloatMatrix
    /// width: the input of a block, normed, and then its output before it is added to `hidden`.
    let branch: FloatMatrix
    /// heads * key length
    let queries: FloatMatrix
    /// KV heads * key length
    let keys: FloatMatrix
    /// KV heads * value length
    let values: FloatMatrix
    /// heads * value length
    let attended: FloatMatrix
    /// feed-forward length, or a shared expert's where that is larger
    let gate: FloatMatrix
    let up: FloatMatrix
    /// Of networks that have experts.
    let experts: ExpertWorkspace?
    /// rotary length for each of `ropes`
    let cosines: FloatMatrix
    let sines: FloatMatrix
    /// Sees what goes into the products, where somebody wants to know.
    var observer: ActivationSums?
    /// Of models that are loaded with adapters.
    let lowRank: LowRankWorkspace?
    /// A row for each worker of the pool.
    let attentionScratch: FloatMatrix
    /// What the spans of a split batch give; rows as `partials(tile:head:row:)` says.
    let spanPartials: FloatMatrix
    /// Where queries, keys and values begin; kept, so that no batch makes an array of them.
    let headStarts: [UnsafeMutablePointer<Float>]
    /// Where gate and up begin.
    let gateStarts: [UnsafeMutablePointer<Float>]

    /// Whether states are looked through for numbers that are none, and the first that was found.
    var inspects = false
    var broken: BrokenState?

    /// Rows in use.
    private(set) var count = 0
    private(set) var tokens: [Int32] = []
    private(set) var places: [Place] = []
    private(set) var tiles: [Tile] = []
    /// The spans of a batch whose attention is split; none where it is not.
    var spanJobs: [SpanJob] = []
    /// The row of `spanPartials` where each tile of a split batch begins.
    var firstPartials: [Int] = []
    /// Rows whose logits are wanted, ascending.
    private(set) var requested: [Int] = []

    init(
        parameters: Hyperparameters, ropes: [RotaryEmbedding], batchSize: Int, cache: KeyValueCache,
        adapters: (rank: Int, rows: Int)?, pool: ThreadPool, table: KernelTable
    ) throws(EngineError) {
        (self.parameters, self.ropes, self.cache, self.pool) = (parameters, ropes, cache, pool)
        vectors = quern_vector_kernels(table.instructionSet).pointee
        multiplier = MatrixMultiplier(pool: pool, table: table)
        func matrix(_ width: Int) throws(EngineError) -> FloatMatrix {
            try FloatMatrix(
                rows: batchSize, width: width, purpose: "activations of \(batchSize) tokens", isSureToBeUsed: true)
        }
        hidden = try matrix(parameters.width)
        branch = try matrix(parameters.width)
        queries = try matrix(parameters.headCount * parameters.keyLength)
        keys = try matrix(parameters.keyValueHeadCount * parameters.keyLength)
        values = try matrix(parameters.keyValueHeadCount * parameters.valueLength)
        attended = try matrix(parameters.headCount * parameters.valueLength)
        gate = try matrix(parameters.widestFeedForward)
        up = try matrix(parameters.widestFeedForward)
        experts = try parameters.experts.map { experts throws(EngineError) in
            try ExpertWorkspace(experts, width: parameters.width, batchSize: batchSize)
        }
        lowRank = try adapters.map { extent throws(EngineError) in
            try LowRankWorkspace(rank: extent.rank, rows: extent.rows, batchSize: batchSize)
        }
        cosines = try matrix(parameters.ropeLength * ropes.count)
        sines = try matrix(parameters.ropeLength * ropes.count)
        attentionScratch = try FloatMatrix(
            rows: pool.threads, width: Self.attentionScratchWidth, purpose: "attention")
        let partialWidth = Self.partialWidth(parameters)
        spanPartials = try FloatMatrix(
            rows: Self.partialFloats(parameters, contextLength: cache.contextLength) / partialWidth, width: partialWidth,
            purpose: "attention")
        headStarts = [queries.start, keys.start, values.start]
        gateStarts = [gate.start, up.start]
    }

    static let attentionScratchWidth = Int(QUERN_ATTENTION_SCRATCH)

    // MARK: Filling

    /// Makes room for a new batch.
    func clear() {
        count = 0
        tokens.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        tiles.removeAll(keepingCapacity: true)
        requested.removeAll(keepingCapacity: true)
    }

    /// Adds consecutive tokens of one sequence.
    ///
    /// - Parameter wantsLogits: says of an index into `tokens` whether its logits are wanted.
    func append(_ newTokens: ArraySlice<Int32>, slot: Int, position: Int, wantsLogits: (Int) -> Bool) {
        let most = max(1, Int(QUERN_ATTENTION_ROWS) / parameters.groupSize)
        for start in stride(from: 0, to: newTokens.count, by: most) {
            tiles.append(
                Tile(slot: slot, row: count + start, position: position + start, count: min(most, newTokens.count - start)))
        }
        for (offset, index) in newTokens.indices.enumerated() {
            tokens.append(newTokens[index])
            places.append(Place(slot: slot, position: position + offset))
            if wantsLogits(index) { requested.append(count) }
            count += 1
        }
    }

    // MARK: Steps

    /// Ids to hidden states, and positions to angles.
    func lookUp(_ embedding: WeightMatrix) {
        forEachToken { token in embedding.expandRow(Int(tokens[token]), into: hidden.row(token)) }
    }

    func turnPositions() {
        forEachToken { token in
            for (index, rope) in ropes.enumerated() {
                let start = index * parameters.ropeLength
                rope.fill(
                    cosines.row(token) + start, sines.row(token) + start, position: places[token].position,
                    magnitude: rope.magnitude)
            }
        }
    }

    /// hidden *= factor
    func scaleHidden(_ factor: Float) {
        forEachToken { token in vectors.scale(hidden.row(token), factor, Int64(parameters.width)) }
    }

    /// branch = norm(hidden)
    func normalize(_ norm: WeightVector) {
        forEachToken { token in
            vectors.rms_norm(
                branch.row(token), hidden.row(token), norm.start, Int64(parameters.width), parameters.normEpsilon)
        }
    }

    /// branch = norm(branch)
    func normalizeBranch(_ norm: WeightVector) {
        forEachToken { token in
            vectors.rms_norm(
                branch.row(token), branch.row(token), norm.start, Int64(parameters.width), parameters.normEpsilon)
        }
    }

    /// hidden += branch
    func addBranch() {
        forEachToken { token in vectors.add(hidden.row(token), branch.row(token), Int64(parameters.width)) }
    }

    /// Drops all rows but those whose logits are wanted, from `hidden` and `attended`.
    func keepRequestedRows() {
        guard requested.count < count else { return }
        for (target, source) in requested.enumerated() where target != source {
            hidden.row(target).update(from: hidden.row(source), count: hidden.width)
            attended.row(target).update(from: attended.row(source), count: attended.width)
        }
        count = requested.count
    }

    /// Puts rows of hidden states of an earlier batch, whose layers are done, in place of the batch.
    func load(_ kept: FloatMatrix, rows: Range<Int>) {
        clear()
        hidden.start.update(from: kept.row(rows.lowerBound), count: rows.count * hidden.width)
        count = rows.count
    }

    /// Tells whoever wants to know that rows of activations meet these tensors, or one expert of them.
    func observe(
        _ names: [String], _ rows: UnsafePointer<Float>, rows count: Int, width: Int, expert: (index: Int, count: Int)
    ) {
        observer?.add(names, rows, rows: count, width: width, matrix: expert.index, of: expert.count, pool: pool)
    }
}
