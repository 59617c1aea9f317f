// What a text's own next tokens say about logits: their probabilities, and how far two models' distributions are apart.
import Compute
import Glibc

/// What a model made of one position of a text.
public struct TokenScore: Sendable, Equatable {
    /// The natural logarithm of the probability that it gave the token that followed.
    public var logProbability: Double
    /// The token that it found most likely, the lower one where two are equal.
    public var best: Int32

    public init(logProbability: Double, best: Int32) { (self.logProbability, self.best) = (logProbability, best) }
}

/// What two models made of one position.
public struct TokenDivergence: Sendable, Equatable {
    public var score: TokenScore
    public var reference: TokenScore
    /// Kullback and Leibler's divergence of the model's distribution from the reference's, in nats: the sum over the vocabulary
    /// of `p(reference) * ln(p(reference) / p(model))`.
    public var divergence: Double

    public init(score: TokenScore, reference: TokenScore, divergence: Double) {
        (self.score, self.reference, self.divergence) = (score, reference, divergence)
    }
}

extension InferenceSession {
    /// Scores the rows of logits that are there.
    ///
    /// - Parameter targets: for each row, the token that followed.
    /// - Precondition: as many targets as rows, all of them in the vocabulary.
    public func scores(of targets: [Int32]) -> [TokenScore] {
        precondition(targets.count == logitCount, "\(targets.count) tokens for \(logitCount) rows of logits")
        precondition(targets.allSatisfy { $0 >= 0 && Int($0) < model.vocabularySize }, "a token outside the vocabulary")
        return forEachRow(TokenScore(logProbability: 0, best: 0)) { row in
            LogitRow(logitStorage.row(row), model.vocabularySize).score(of: targets[row])
        }
    }

    /// Compares the rows of logits that are there with those of another session that has as many, over the same vocabulary.
    public func divergences(from reference: InferenceSession, targets: [Int32]) -> [TokenDivergence] {
        precondition(reference.logitCount == logitCount, "\(logitCount) rows of logits against \(reference.logitCount)")
        precondition(reference.model.vocabularySize == model.vocabularySize, "different vocabularies")
        precondition(targets.count == logitCount, "\(targets.count) tokens for \(logitCount) rows of logits")
        precondition(targets.allSatisfy { $0 >= 0 && Int($0) < model.vocabularySize }, "a token outside the vocabulary")
        let none = TokenScore(logProbability: 0, best: 0)
        return forEachRow(TokenDivergence(score: none, reference: none, divergence: 0)) { row in
            let mine = LogitRow(logitStorage.row(row), model.vocabularySize)
            let wanted = LogitRow(reference.logitStorage.row(row), model.vocabularySize)
            return TokenDivergence(
                score: mine.score(of: targets[row]), reference: wanted.score(of: targets[row]),
                divergence: mine.divergence(from: wanted))
        }
    }

    /// A result for each row of logits, computed on all threads.
    private func forEachRow<Result>(_ none: Result, _ body: (Int) -> Result) -> [Result] {
        var results = [Result](repeating: none, count: logitCount)
        results.withUnsafeMutableBufferPointer { results in
            guard let start = results.baseAddress else { return }
            pool.parallelFor(results.count) { row in start[row] = body(row) }
        }
        return results
    }
}

/// One position's logits, and the sum that makes probabilities of them.
private struct LogitRow {
    let logits: UnsafePointer<Float>
    let count: Int
    let highest: Float
    let best: Int
    /// The logarithm of the sum of exponentials of the logits.
    let logSum: Double

    init(_ logits: UnsafePointer<Float>, _ count: Int) {
        (self.logits, self.count) = (logits, count)
        var best = 0
        for index in 1..<max(count, 1) where logits[index] > logits[best] { best = index }
        var sum = 0.0
        for index in 0..<count { sum += Double(expf(logits[index] - logits[best])) }
        (self.best, highest, logSum) = (best, logits[best], Double(logits[best]) + log(sum))
    }

    func score(of token: Int32) -> TokenScore {
        TokenScore(logProbability: Double(logits[Int(token)]) - logSum, best: Int32(best))
    }

    /// Zero at least: what rounding leaves below is not a divergence.
    func divergence(from reference: LogitRow) -> Double {
        var (sum, weighted) = (0.0, 0.0)
        for index in 0..<count {
            let weight = Double(expf(reference.logits[index] - reference.highest))
            sum += weight
            weighted += weight * (Double(reference.logits[index]) - Double(logits[index]))
        }
        return max(0, weighted / sum - reference.logSum + logSum)
    }
}
