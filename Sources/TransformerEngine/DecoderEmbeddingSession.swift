// Decoders that turn texts into vectors: Qwen3-Embedding and others whose file names a pooling.
import CKernels
public import Compute

/// Runs a decoder over sequences and pools its last hidden states, behind the last norm. One thread at a time uses a session; any
/// number of threads of its pool gives the same bits.
public final class DecoderEmbeddingSession: SequenceEmbedding {
    public let model: TransformerModel
    public let pooling: Pooling
    public var contextLength: Int { session.contextLength }

    private let session: InferenceSession

    /// - Parameters:
    ///   - contextLength: tokens of a sequence; nil is what the model was trained on, which is also the most.
    ///   - batchSize: tokens that go through the network together.
    public init(
        model: TransformerModel, pooling: Pooling, contextLength: Int? = nil, batchSize: Int = 512, pool: ThreadPool,
        table: KernelTable = .selected
    ) throws(EngineError) {
        let trained = model.hyperparameters.contextLength
        (self.model, self.pooling) = (model, pooling)
        session = try InferenceSession(
            model: model, contextLength: min(contextLength ?? trained, trained), batchSize: batchSize, cacheType: .f32, pool: pool,
            table: table)
    }

    public func embed(_ sequences: [[Int32]], dimensions: Int? = nil) throws(EngineError) -> [[Float]] {
        var vectors: [[Float]] = []
        for sequence in sequences {
            try session.truncate(to: 0)
            vectors.append(EmbeddingVector.shortened(try session.pooled(sequence, pooling), to: dimensions))
        }
        return vectors
    }
}

extension InferenceSession {
    /// The pooled states of tokens that are appended to the first slot.
    fileprivate func pooled(_ tokens: [Int32], _ pooling: Pooling) throws(EngineError) -> [Float] {
        try evaluateHidden(tokens, from: pooling == .last ? tokens.count - 1 : 0)
        let width = model.hyperparameters.width
        guard let states = hiddenStates, hiddenCount > 0 else { throw .noTokens }
        for first in stride(from: 0, to: hiddenCount, by: batchSize) {
            let rows = first..<min(first + batchSize, hiddenCount)
            pass.load(states, rows: rows)
            model.network.finish(pass)
            states.row(first).update(from: pass.branch.start, count: rows.count * width)
        }
        guard pass.vectors.all_finite(states.start, Int64(hiddenCount * width)) else { throw .notFinite }
        return pooling.vector(of: UnsafePointer(states.start), count: hiddenCount, width: width)
    }
}
