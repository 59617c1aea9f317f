// A model reads a text: how likely it found it, and how far it is from another model position by position.
public import TransformerEngine

/// Measures models on chunks of a text, as llama-perplexity does: the second half of each chunk is scored.
public struct TextEvaluation: Sendable {
    public let chunks: TextChunks

    public init(_ chunks: TextChunks) { self.chunks = chunks }

    /// Tokens of context that a session needs.
    public var contextLength: Int { chunks.contextLength }

    /// Scores every position that is to be scored.
    ///
    /// - Parameter onChunk: called after each chunk with how many are done; what it throws ends the evaluation.
    /// - Throws: `EngineError`.
    public func scores(_ session: InferenceSession, onChunk: (Int) throws -> Void = { _ in }) throws -> [TokenScore] {
        var scores: [TokenScore] = []
        for chunk in 0..<chunks.count {
            try read(chunk, session)
            try forEachSlice([session]) { slice, positions in
                try session.project(slice)
                scores += session.scores(of: chunks.targets(chunk, positions))
            }
            try onChunk(chunk + 1)
        }
        return scores
    }

    /// Compares a model with a reference at every position that is to be scored.
    ///
    /// - Throws: `EvaluationError.vocabularies`, `EngineError`.
    public func divergences(
        _ session: InferenceSession, from reference: InferenceSession, onChunk: (Int) throws -> Void = { _ in }
    ) throws -> [TokenDivergence] {
        guard session.model.vocabularySize == reference.model.vocabularySize else {
            throw EvaluationError.vocabularies(session.model.vocabularySize, reference: reference.model.vocabularySize)
        }
        var divergences: [TokenDivergence] = []
        for chunk in 0..<chunks.count {
            try read(chunk, reference)
            try read(chunk, session)
            try forEachSlice([session, reference]) { slice, positions in
                try reference.project(slice)
                try session.project(slice)
                divergences += session.divergences(from: reference, targets: chunks.targets(chunk, positions))
            }
            try onChunk(chunk + 1)
        }
        return divergences
    }

    /// The last token of a chunk is only what the one before it is scored by.
    private func read(_ chunk: Int, _ session: InferenceSession) throws {
        try session.truncate(to: 0)
        try session.evaluateHidden(Array(chunks.input(chunk).dropLast()), from: chunks.scored.lowerBound)
    }

    private func forEachSlice(
        _ sessions: [InferenceSession], _ body: (_ slice: Range<Int>, _ positions: Range<Int>) throws -> Void
    ) throws {
        let length = sessions.map(\.logitSlice).min() ?? 1
        for start in stride(from: 0, to: chunks.scored.count, by: length) {
            let slice = start..<min(start + length, chunks.scored.count)
            let first = chunks.scored.lowerBound
            try body(slice, first + slice.lowerBound..<first + slice.upperBound)
        }
    }
}

extension Perplexity {
    public init(_ scores: some Sequence<TokenScore>) { self.init(MeanEstimate(scores.map { -$0.logProbability })) }
}
