// An importance matrix in the making: a model reads a text, and what meets its tensors is added up.
public import Quantization
public import TransformerEngine

/// Collects an importance matrix chunk by chunk, as llama-imatrix does.
///
/// The sums of a chunk are taken in double precision and then added to those before in single precision, which is what files
/// hold: work that was interrupted and resumed ends with the same bits.
public struct ImportanceCollection {
    public struct Options: Sendable, Equatable {
        /// Whether `output.weight` gets sums, too.
        public var includesOutput = false
        /// Whether the text's perplexity is computed on the way; it costs the products of the model's head.
        public var computesPerplexity = true

        public init() {}
    }

    public let chunks: TextChunks
    public let options: Options
    /// What was added up until now, and what it was begun with.
    public internal(set) var sums: ImportanceSums
    /// Chunks that are done.
    public internal(set) var chunksDone = 0
    var surprise = MeanEstimate()

    /// - Parameter sums: matrices that are already there, to be added to.
    public init(_ chunks: TextChunks, options: Options = Options(), addingTo sums: ImportanceSums? = nil) {
        (self.chunks, self.options) = (chunks, options)
        self.sums = sums ?? ImportanceSums(chunkSize: chunks.contextLength)
    }

    public var isDone: Bool { chunksDone >= chunks.count }

    /// Of the chunks done; nil where it is not computed.
    public var perplexity: Perplexity? { options.computesPerplexity ? Perplexity(surprise) : nil }

    /// Reads the next chunk.
    ///
    /// - Throws: `EvaluationError.notFinite`, `EngineError`, `QuantizationError` where matrices that were there before are of
    ///   another model. The chunk is then not part of the sums.
    public mutating func readNextChunk(_ session: InferenceSession) throws {
        precondition(!isDone, "all \(chunks.count) chunks are done")
        let activations = ActivationSums(includesOutput: options.includesOutput)
        session.activationSums = activations
        defer { session.activationSums = nil }
        try session.truncate(to: 0)
        try session.evaluateHidden(chunks.input(chunksDone))
        let scores = try project(session)
        try add(activations)
        for score in scores { surprise.add(-score.logProbability) }
        chunksDone += 1
    }

    /// Makes logits where somebody looks at them or at what goes into them.
    private func project(_ session: InferenceSession) throws -> [TokenScore] {
        guard options.computesPerplexity || options.includesOutput else { return [] }
        let first = options.includesOutput ? 0 : chunks.scored.lowerBound
        let last = options.includesOutput ? chunks.contextLength : chunks.scored.upperBound
        var scores: [TokenScore] = []
        var start = first
        while start < last {
            // A slice is scored or it is not, so none goes across the bounds of what is.
            let bound = [chunks.scored.lowerBound, chunks.scored.upperBound, last].first { $0 > start } ?? last
            let slice = start..<min(start + session.logitSlice, bound)
            try session.project(slice)
            if options.computesPerplexity, chunks.scored.contains(start) {
                scores += session.scores(of: chunks.targets(chunksDone, slice))
            }
            start = slice.upperBound
        }
        return scores
    }

    private mutating func add(_ activations: ActivationSums) throws {
        var chunk = ImportanceSums(chunkSize: chunks.contextLength)
        for (name, entry) in activations.take() {
            let rounded = entry.sums.map(Float.init)
            guard rounded.allSatisfy(\.isFinite) else { throw EvaluationError.notFinite(tensor: name) }
            chunk.entries[name] = ImportanceSums.Entry(sums: rounded, counts: entry.counts)
        }
        try sums.add(chunk, file: "the matrix to be added to")
    }
}
