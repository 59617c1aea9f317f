// Sequences of tokens in, vectors out.
import CKernels
public import Compute

/// Turns sequences of tokens into vectors: an encoder, or a decoder whose states are pooled. One thread at a time uses it.
public protocol SequenceEmbedding: AnyObject {
    /// Tokens that a sequence may have.
    var contextLength: Int { get }

    /// The vector of each sequence, of length one.
    ///
    /// - Parameter dimensions: keeps the first components only, at length one again; nil or zero keeps all.
    /// - Throws: `EngineError.noTokens` for an empty sequence, `.tokenOutOfRange`, `.contextFull` for one that is too long,
    ///   `.notFinite`, `.cancelled`.
    func embed(_ sequences: [[Int32]], dimensions: Int?) throws(EngineError) -> [[Float]]
}

/// Runs an encoder over sequences. One thread at a time uses a session; any number of threads of its pool gives the same bits.
public final class EmbeddingSession: SequenceEmbedding {
    public let model: EncoderModel
    /// Tokens that a sequence may have.
    public let contextLength: Int
    /// Set from any thread to make a running call throw `EngineError.cancelled` at the next layer.
    public let cancellation = CancellationFlag()

    private let pass: EncoderPass
    /// Tokens that go through the network at once; a longer sequence goes alone.
    private let batchSize: Int

    /// - Parameters:
    ///   - contextLength: tokens of a sequence; nil is what the model was trained on, which is also the most.
    ///   - batchSize: tokens of short sequences that go through the network together.
    public init(
        model: EncoderModel, contextLength: Int? = nil, batchSize: Int = 512, pool: ThreadPool, table: KernelTable = .selected
    ) throws(EngineError) {
        let trained = model.hyperparameters.contextLength
        let length = min(contextLength ?? trained, trained)
        try InferenceSession.check(contextLength: length, batchSize: batchSize, slots: 1)
        (self.model, self.contextLength) = (model, length)
        self.batchSize = batchSize
        try model.requireMemory(contextLength: length, batchSize: batchSize, threads: pool.threads)
        pass = try EncoderPass(
            model: model, capacity: max(batchSize, length), pool: pool, table: table)
    }

    /// The vector of each sequence, of length one.
    ///
    /// - Parameter dimensions: keeps the first components only, at length one again; nil or zero keeps all.
    /// - Throws: `EngineError.noTokens` for an empty sequence, `.tokenOutOfRange`, `.contextFull` for one that is too long,
    ///   `.notFinite`, `.cancelled`. Nothing is computed unless everything can be.
    public func embed(_ sequences: [[Int32]], dimensions: Int? = nil) throws(EngineError) -> [[Float]] {
        try pooled(sequences).map { EmbeddingVector.shortened($0, to: dimensions) }
    }

    /// The vector of each sequence as the model computes it, of whatever length.
    public func pooled(_ sequences: [[Int32]]) throws(EngineError) -> [[Float]] {
        for sequence in sequences { try check(sequence) }
        var vectors: [[Float]] = []
        vectors.reserveCapacity(sequences.count)
        var start = 0
        while start < sequences.count {
            let end = endOfBatch(sequences, from: start)
            pass.fill(sequences[start..<end])
            try evaluateBatch()
            for sequence in pass.sequences {
                let states = UnsafePointer(pass.hidden.row(sequence.rows.lowerBound))
                vectors.append(model.pooling.vector(of: states, count: sequence.rows.count, width: model.dimensions))
            }
            start = end
        }
        return vectors
    }

    private func check(_ sequence: [Int32]) throws(EngineError) {
        guard !sequence.isEmpty else { throw .noTokens }
        guard sequence.count <= contextLength else {
            throw .contextFull(used: 0, adding: sequence.count, contextLength: contextLength)
        }
        for token in sequence where token < 0 || Int(token) >= model.vocabularySize {
            throw .tokenOutOfRange(token, vocabularySize: model.vocabularySize)
        }
    }

    /// As many sequences as fit, one at least.
    private func endOfBatch(_ sequences: [[Int32]], from start: Int) -> Int {
        var (end, tokens) = (start + 1, sequences[start].count)
        while end < sequences.count, end - start < EncoderPass.sequenceLimit {
            tokens += sequences[end].count
            guard tokens <= batchSize else { break }
            end += 1
        }
        return end
    }

    private func evaluateBatch() throws(EngineError) {
        model.network.embed(pass)
        for layer in 0..<model.hyperparameters.layerCount {
            if cancellation.isRaised { throw .cancelled }
            model.network.run(layer: layer, pass)
        }
        guard pass.vectors.all_finite(pass.hidden.start, Int64(pass.count * model.dimensions)) else { throw .notFinite }
    }
}
