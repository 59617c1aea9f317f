// Matrix products on a thread pool: which path a product takes, its scratch memory, and how it is split.
import CKernels

/// Multiplies matrices of weights with activations: `Y[token][row] = sum over c of W[row][c] * X[token][c]`, F32 in and out.
///
/// Weights of quantized types meet activations that are rounded to eight bits, per 32 columns; F32, F16 and BF16 weights meet
/// them as they are (Documentation/Kernels.md). Products are split by rows, each element is computed whole by one thread, so
/// the number of threads does not change a bit.
///
/// One object serves one caller at a time; it keeps scratch memory, and a call that is no larger than an earlier one allocates
/// nothing.
public final class MatrixMultiplier {
    public let pool: ThreadPool
    public let table: KernelTable
    private let kernels: quern_matrix_kernels
    /// Whether products of many tokens take the row path too, so that each token's product has the bits that it has alone.
    public var keepsToRows = false

    private var rounded = ScratchMemory()
    private var packedIntegers = ScratchMemory()
    private var packedFloats = ScratchMemory()
    private var workerScratch = ScratchMemory()
    private var shares: [Share] = []

    public init(pool: ThreadPool, table: KernelTable = .selected) {
        (self.pool, self.table) = (pool, table)
        kernels = table.matrix
    }

    /// One product.
    ///
    /// - Parameters:
    ///   - input: (tokens, columns), rows of it `inputStride` floats apart; the same count when omitted.
    ///   - output: (tokens, rows), rows of it `outputStride` floats apart; the same count when omitted.
    public func multiply(
        _ weights: WeightMatrix, input: UnsafePointer<Float>, inputStride: Int? = nil, tokens: Int,
        output: UnsafeMutablePointer<Float>, outputStride: Int? = nil
    ) {
        shares.removeAll(keepingCapacity: true)
        add(weights, output: output, stride: outputStride ?? weights.rows, tokens: tokens)
        run(input: input, stride: inputStride ?? weights.columns, columns: weights.columns, tokens: tokens)
        withExtendedLifetime(weights) {}
    }

    /// Several matrices of as many columns times the same input, which is rounded and packed once: queries, keys and values.
    ///
    /// - Parameter outputs: for each matrix, (tokens, rows).
    public func multiply(
        _ weights: [WeightMatrix], input: UnsafePointer<Float>, inputStride: Int? = nil, tokens: Int,
        outputs: [UnsafeMutablePointer<Float>]
    ) {
        precondition(weights.count == outputs.count, "\(weights.count) matrices, \(outputs.count) outputs")
        guard let columns = weights.first?.columns else { return }
        precondition(weights.allSatisfy { $0.columns == columns }, "matrices of different widths share an input")
        shares.removeAll(keepingCapacity: true)
        for (matrix, output) in zip(weights, outputs) { add(matrix, output: output, stride: matrix.rows, tokens: tokens) }
        run(input: input, stride: inputStride ?? columns, columns: columns, tokens: tokens)
        withExtendedLifetime(weights) {}
    }

    // MARK: Splitting

    /// A matrix's part in a call: which work items are its own, and how many rows each of them has.
    private struct Share {
        var weights: quern_weights
        var output: quern_outputs
        /// Whether it takes the panel path.
        var panels: Bool
        var rowsPerItem = 1
        /// The first item of the next share.
        var itemEnd = 0
    }

    /// What the items of a job read; lives on the caller's stack while they run.
    private struct Job {
        var kernels: quern_matrix_kernels
        var inputs: quern_inputs
        var shares: UnsafePointer<Share>
        var scratch: UnsafeMutableRawPointer
    }

    private func add(_ matrix: WeightMatrix, output: UnsafeMutablePointer<Float>, stride: Int, tokens: Int) {
        guard matrix.rows > 0 else { return }
        let panels = !keepsToRows && kernels.panel_tokens.map { tokens >= $0(matrix.view.type) } ?? false
        shares.append(Share(weights: matrix.view, output: quern_outputs(y: output, stride: stride), panels: panels))
    }

    private func run(input: UnsafePointer<Float>, stride: Int, columns: Int, tokens: Int) {
        guard tokens > 0, !shares.isEmpty else { return }
        var inputs = quern_inputs()
        (inputs.x, inputs.stride, inputs.columns, inputs.tokens) = (input, stride, columns, tokens)
        // Packing uses the memory of rounded activations as scratch, so it goes first.
        if shares.contains(where: { $0.panels }) {
            pack(&inputs)
            workerScratch.reserve(kernels.panel_scratch_bytes * pool.threads)
        }
        round(&inputs)
        let items = split()
        shares.withUnsafeBufferPointer { shares in
            guard let first = shares.baseAddress else { return }
            var job = Job(kernels: kernels, inputs: inputs, shares: first, scratch: workerScratch.address)
            withUnsafePointer(to: &job) { pool.run(items, $0, Self.runItem) }
        }
    }

    /// Cuts the shares into items and returns how many there are.
    private func split() -> Int {
        var items = 0
        for index in shares.indices {
            let weights = shares[index].weights
            let rowsPerItem = shares[index].panels ? rowsPerPanelItem(weights) : rowsPerItem(weights)
            items += (weights.rows + rowsPerItem - 1) / rowsPerItem
            shares[index].rowsPerItem = rowsPerItem
            shares[index].itemEnd = items
        }
        return items
    }

    /// Enough rows to stream through memory for some microseconds, few enough to share out evenly.
    private func rowsPerItem(_ weights: quern_weights) -> Int {
        let streamed = max(1, 65536 / max(weights.row_bytes, 1))
        let even = weights.rows / (pool.threads * 16)
        return roundedUp(max(min(streamed, even), even / 8, 1), 8)
    }

    private func rowsPerPanelItem(_ weights: quern_weights) -> Int {
        let even = weights.rows / (pool.threads * 4)
        return min(max(roundedUp(even, kernels.panel_rows), kernels.panel_rows), 4 * kernels.panel_rows)
    }

    private func roundedUp(_ value: Int, _ unit: Int) -> Int { (value + unit - 1) / unit * unit }

    private static let runItem: ThreadPool.Item = { context, index, worker in
        let job = context.assumingMemoryBound(to: Job.self)
        let kernels = job.pointee.kernels
        var inputs = job.pointee.inputs
        MatrixMultiplier.locate(index, job) { share, first, count in
            if share.panels {
                let scratch = job.pointee.scratch + worker * kernels.panel_scratch_bytes
                kernels.panels(&share.weights, first, count, &inputs, share.output, scratch)
            } else {
                kernels.rows(&share.weights, first, count, &inputs, share.output)
            }
        }
    }

    /// Calls `body` with the share that item `index` belongs to and the rows that it stands for.
    private static func locate(
        _ index: Int, _ job: UnsafePointer<Job>, _ body: (inout Share, _ first: Int, _ count: Int) -> Void
    ) {
        var position = 0
        while index >= job.pointee.shares[position].itemEnd { position += 1 }
        var share = job.pointee.shares[position]
        let itemStart = position == 0 ? 0 : job.pointee.shares[position - 1].itemEnd
        let first = (index - itemStart) * share.rowsPerItem
        body(&share, first, min(share.rowsPerItem, share.weights.rows - first))
    }

    // MARK: Activations

    /// Whether some share takes the given path with weights of the given kind.
    private func hasShare(panels: Bool, floats: Bool) -> Bool {
        shares.contains { $0.panels == panels && ($0.weights.type.rawValue <= QUERN_WEIGHT_BF16.rawValue) == floats }
    }

    private struct RoundJob {
        var kernels: quern_matrix_kernels
        var inputs: quern_inputs
        var rounded: UnsafeMutablePointer<quern_activations>
        var packedIntegers: UnsafeMutableRawPointer
        var packedFloats: UnsafeMutableRawPointer
        var blocks: Int
        /// Groups of integers; items past them are groups of floats.
        var integerGroups: Int
    }

    /// Rounds the activations of each token for the row path: by the caller alone where waking others would take longer.
    private func round(_ inputs: inout quern_inputs) {
        guard hasShare(panels: false, floats: false) else { return }
        let blocks = (inputs.columns + 255) / 256
        rounded.reserve(inputs.tokens * blocks * MemoryLayout<quern_activations>.stride)
        let target = rounded.address.assumingMemoryBound(to: quern_activations.self)
        inputs.rounded = UnsafePointer(target)
        var job = RoundJob(
            kernels: kernels, inputs: inputs, rounded: target, packedIntegers: packedIntegers.address,
            packedFloats: packedFloats.address, blocks: blocks, integerGroups: 0)
        withUnsafePointer(to: &job) { job in
            if inputs.tokens * inputs.columns > 65536 {
                pool.run(inputs.tokens, job, Self.roundToken)
            } else {
                for token in 0..<inputs.tokens { Self.roundToken(job, token, 0) }
            }
        }
    }

    private static let roundToken: ThreadPool.Item = { context, token, _ in
        let job = context.assumingMemoryBound(to: RoundJob.self)
        let inputs = job.pointee.inputs
        job.pointee.kernels.round(
            inputs.x + token * inputs.stride, inputs.columns, job.pointee.rounded + token * job.pointee.blocks)
    }

    /// Packs the activations in groups of tokens for the panel path, on all threads.
    private func pack(_ inputs: inout quern_inputs) {
        let blocks = (inputs.columns + 255) / 256
        let integerGroups =
            hasShare(panels: true, floats: false) ? (inputs.tokens + kernels.integer_group - 1) / kernels.integer_group : 0
        let floatGroups = hasShare(panels: true, floats: true) ? (inputs.tokens + kernels.float_group - 1) / kernels.float_group : 0
        rounded.reserve(pool.threads * kernels.integer_group * blocks * MemoryLayout<quern_activations>.stride)
        packedIntegers.reserve(integerGroups * kernels.integer_group_bytes(inputs.columns))
        packedFloats.reserve(floatGroups * kernels.float_group_bytes(inputs.columns))
        (inputs.packed_integers, inputs.packed_floats) = (
            UnsafeRawPointer(packedIntegers.address), UnsafeRawPointer(packedFloats.address)
        )
        var job = RoundJob(
            kernels: kernels, inputs: inputs, rounded: rounded.address.assumingMemoryBound(to: quern_activations.self),
            packedIntegers: packedIntegers.address, packedFloats: packedFloats.address, blocks: blocks,
            integerGroups: integerGroups)
        withUnsafePointer(to: &job) { pool.run(integerGroups + floatGroups, $0, Self.packGroup) }
    }

    private static let packGroup: ThreadPool.Item = { context, index, worker in
        let job = context.assumingMemoryBound(to: RoundJob.self)
        let kernels = job.pointee.kernels
        var inputs = job.pointee.inputs
        if index < job.pointee.integerGroups {
            let scratch = job.pointee.rounded + worker * kernels.integer_group * job.pointee.blocks
            kernels.pack_integers(&inputs, index, scratch, job.pointee.packedIntegers)
        } else {
            kernels.pack_floats(&inputs, index - job.pointee.integerGroups, job.pointee.packedFloats)
        }
    }
}
