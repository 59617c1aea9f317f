// Sequences of tokens in the care of a model: their cache, their positions, and the logits of the last evaluation.
import CKernels
public import Compute
import Synchronization

/// Runs a model over one or several sequences ("slots"). One thread at a time uses a session.
///
/// A session computes the same bits on any number of threads. After the first token, evaluating one token allocates no memory
/// but for what its caller passes.
public final class InferenceSession {
    public let model: TransformerModel
    /// Positions that each slot has room for.
    public let contextLength: Int
    /// Tokens that go through the network at once.
    public let batchSize: Int
    public let slotCount: Int
    public let cacheType: CacheType
    public let pool: ThreadPool
    /// Set from any thread to make a running evaluation throw `EngineError.cancelled` at the next layer.
    public let cancellation = CancellationFlag()

    /// Whether each layer's output is looked at, so that an error names the first that is infinite or not a number.
    public var inspectsLayers: Bool {
        get { pass.inspects }
        set { pass.inspects = newValue }
    }

    /// Called behind each layer and behind the head, when their weights are not needed before the next batch.
    public var afterLayer: (() -> Void)?

    let cache: KeyValueCache
    let pass: ForwardPass
    var logitStorage: FloatMatrix
    var logitCapacity = 1

    /// Hidden states that wait to be made into logits (`InferenceSession+HiddenStates.swift`).
    var hiddenStates: FloatMatrix?
    /// How many of them there are.
    public internal(set) var hiddenCount = 0

    /// Rows of logits that the last evaluation left.
    public internal(set) var logitCount = 0

    /// What an evaluation should leave behind.
    public enum LogitsRequest: Sendable {
        case none
        /// Those that follow the last token.
        case last
        /// Those that follow each token: one row a token.
        case all
        /// Those that follow each token from this index on.
        case from(Int)
    }

    /// - Throws: `EngineError.invalidSession`, `.notEnoughMemory`.
    /// - Parameters:
    ///   - contextLength: positions for each slot.
    ///   - batchSize: Ollama's `num_batch`.
    ///   - slots: sequences that the session keeps apart.
    ///   - table: the kernels to use.
    public init(
        model: TransformerModel, contextLength: Int, batchSize: Int = 512, slots: Int = 1, cacheType: CacheType = .f16,
        pool: ThreadPool, table: KernelTable = .selected
    ) throws(EngineError) {
        try Self.check(contextLength: contextLength, batchSize: batchSize, slots: slots)
        (self.model, self.contextLength, slotCount, self.cacheType, self.pool) = (model, contextLength, slots, cacheType, pool)
        self.batchSize = min(batchSize, contextLength * slots)
        try model.requireMemory(
            contextLength: contextLength, batchSize: batchSize, slots: slots, cacheType: cacheType, threads: pool.threads,
            available: SystemMemory.available())
        cache = try KeyValueCache(
            parameters: model.hyperparameters, contextLength: contextLength, slots: slots, type: cacheType,
            vectors: quern_vector_kernels(table.instructionSet).pointee)
        pass = try ForwardPass(
            parameters: model.hyperparameters, ropes: model.network.ropes(contextLength: contextLength),
            batchSize: self.batchSize, cache: cache, adapters: model.adapterExtent, pool: pool, table: table)
        logitStorage = try FloatMatrix(rows: 1, width: model.vocabularySize, purpose: "logits")
    }

    /// Limits far above what anybody can use, and low enough that their products can be counted.
    static func check(contextLength: Int, batchSize: Int, slots: Int) throws(EngineError) {
        guard (1...(1 << 30)).contains(contextLength) else {
            throw .invalidSession("a context of \(contextLength) tokens, wanted 1 to \(1 << 30)")
        }
        guard (1...65536).contains(batchSize) else {
            throw .invalidSession("a batch of \(batchSize) tokens, wanted 1 to 65536")
        }
        guard (1...4096).contains(slots) else { throw .invalidSession("\(slots) slots, wanted 1 to 4096") }
    }

    /// Tokens that a slot holds: the position that its next token gets.
    public func position(of slot: Int = 0) -> Int { cache.length(of: slot) }

    /// The logits of the last evaluation: row 0 is the first token that they were asked for.
    public func withLogits<Result, Failure: Error>(
        _ row: Int = 0, _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(row >= 0 && row < logitCount, "row \(row) of \(logitCount) rows of logits")
        let buffer = UnsafeBufferPointer(start: UnsafePointer(logitStorage.row(row)), count: logitStorage.width)
        return try body(buffer.span)
    }

    /// A copy of one row of logits.
    public func logits(_ row: Int = 0) -> [Float] {
        withLogits(row) { logits in logits.withUnsafeBufferPointer { Array($0) } }
    }

    /// Forgets the tokens of a slot from `position` on.
    public func truncate(to position: Int, slot: Int = 0) throws(EngineError) {
        try check(slot: slot)
        let used = cache.length(of: slot)
        guard (0...used).contains(position) else { throw .positionOutOfRange(position, used: used) }
        cache.setLength(position, of: slot)
    }

    /// Makes room: drops `discard` tokens after the first `keep`, and moves the rest down to their place.
    public func shift(keep: Int, discard: Int, slot: Int = 0) throws(EngineError) {
        try check(slot: slot)
        let used = cache.length(of: slot)
        guard (0...used).contains(keep) else { throw .positionOutOfRange(keep, used: used) }
        guard (0...(used - keep)).contains(discard) else { throw .positionOutOfRange(keep + discard, used: used) }
        guard discard > 0 else { return }
        let ropes = (0..<model.hyperparameters.layerCount).map { pass.ropes[model.network.rope(ofLayer: $0)] }
        cache.shift(slot: slot, keep: keep, discard: discard, ropes: ropes, vectors: pass.vectors, pool: pool)
    }

    func check(slot: Int) throws(EngineError) {
        guard (0..<slotCount).contains(slot) else { throw .unknownSlot(slot, count: slotCount) }
    }
}

/// A flag that one thread raises and another one looks at.
public final class CancellationFlag: Sendable {
    private let raised = Atomic(false)

    init() {}

    public var isRaised: Bool { raised.load(ordering: .relaxed) }
    public func raise() { raised.store(true, ordering: .relaxed) }
    public func lower() { raised.store(false, ordering: .relaxed) }
}
