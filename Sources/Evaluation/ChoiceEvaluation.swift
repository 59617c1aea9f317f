// How many multiple-choice questions a model gets right.
public import Tokenization
public import TransformerEngine

/// The score of a model on questions.
public struct ChoiceScore: Sendable, Equatable {
    public var correct: Int
    public var count: Int

    public init(correct: Int, count: Int) { (self.correct, self.count) = (correct, count) }

    public var share: Double { count > 0 ? Double(correct) / Double(count) : 0 }

    /// Where the share lies with 95 % confidence (Wilson 1927).
    public var interval: ClosedRange<Double> {
        guard count > 0 else { return 0...1 }
        let (quantile, n) = (1.95996398454, Double(count))
        let z = quantile * quantile / n
        let half = z * (n * (4 * share * (1 - share) + z)).squareRoot() / (2 * quantile)
        return max(0, (share + z / 2 - half) / (1 + z))...min(1, (share + z / 2 + half) / (1 + z))
    }
}

/// Asks a model for the ending that it finds most likely, as llama-perplexity does for HellaSwag: the mean log probability of the
/// tokens in which the endings differ decides ("acc_norm"), the first ending where two are equal.
public struct ChoiceEvaluation {
    private let tokenizer: Tokenizer
    private let session: InferenceSession

    public init(_ session: InferenceSession, tokenizer: Tokenizer) { (self.session, self.tokenizer) = (session, tokenizer) }

    /// - Throws: `EvaluationError.choiceTooLong`, `EngineError`, or what `onTask` throws.
    public func score(_ tasks: [ChoiceTask], onTask: (ChoiceScore) throws -> Void = { _ in }) throws -> ChoiceScore {
        var score = ChoiceScore(correct: 0, count: 0)
        for task in tasks {
            score.count += 1
            if try best(of: task) == task.answer { score.correct += 1 }
            try onTask(score)
        }
        return score
    }

    /// Index of the ending that the model finds most likely.
    public func best(of task: ChoiceTask) throws -> Int {
        let sequences = task.endings.map { tokenizer.encode(task.context + " " + $0, eos: false) }
        let longest = sequences.map(\.count).max() ?? 0
        guard longest <= session.contextLength else {
            throw EvaluationError.choiceTooLong(line: task.line, tokens: longest, contextLength: session.contextLength)
        }
        let shared = Self.sharedLength(sequences)
        try session.truncate(to: 0)
        if shared > 1 { try session.evaluateHidden(Array(sequences[0][..<(shared - 1)]), from: shared - 1) }
        var (best, highest) = (0, -Double.infinity)
        for (index, sequence) in sequences.enumerated() {
            let mean = try logProbability(of: sequence, from: shared)
            if mean > highest { (best, highest) = (index, mean) }
        }
        return best
    }

    /// Tokens with which all sequences begin: at least one is before what is scored, and each sequence has one that is scored.
    private static func sharedLength(_ sequences: [[TokenID]]) -> Int {
        let shortest = sequences.map(\.count).min() ?? 0
        let first = sequences[0]
        let same = (0..<shortest).first { place in sequences.contains { $0[place] != first[place] } } ?? shortest
        return max(1, min(same, shortest - 1))
    }

    /// The mean over the tokens from index `start` on; the cache holds those before `start - 1`.
    private func logProbability(of sequence: [TokenID], from start: Int) throws -> Double {
        guard sequence.count > start else { return -.infinity }
        try session.truncate(to: start - 1)
        try session.evaluateHidden(Array(sequence[(start - 1)..<(sequence.count - 1)]))
        var sum = MeanEstimate()
        let count = sequence.count - start
        for first in stride(from: 0, to: count, by: session.logitSlice) {
            let slice = first..<min(first + session.logitSlice, count)
            try session.project(slice)
            for score in session.scores(of: Array(sequence[start + slice.lowerBound..<start + slice.upperBound])) {
                sum.add(score.logProbability)
            }
        }
        return sum.mean
    }
}
