import Evaluation
import Foundation
import Testing
import TransformerEngine

/// Perplexity and divergences, against sums over whole rows of logits.
@Suite struct PerplexityTests {
    private func logProbabilities(_ logits: [Float]) -> [Double] {
        let highest = Double(logits.max() ?? 0)
        let sum = logits.reduce(0.0) { $0 + exp(Double($1) - highest) }
        return logits.map { Double($0) - highest - log(sum) }
    }

    @Test(arguments: [3, 16, 512])
    func `scores are the log probabilities of the tokens that follow`(batchSize: Int) throws {
        let tiny = try TinyLlama()
        let chunks = try tiny.chunks(24)
        let session = try tiny.session(contextLength: 24, batchSize: batchSize)
        let scores = try TextEvaluation(chunks).scores(session)
        var wanted: [TokenScore] = []
        for chunk in 0..<chunks.count {
            let plain = try tiny.session(contextLength: 24)
            try plain.evaluate(chunks.input(chunk), logits: .all)
            for (position, target) in zip(chunks.scored, chunks.targets(chunk, chunks.scored)) {
                let row = plain.logits(position)
                let best = row.firstIndex(of: row.max() ?? 0) ?? 0
                wanted.append(TokenScore(logProbability: logProbabilities(row)[Int(target)], best: Int32(best)))
            }
        }
        #expect(scores.count == wanted.count)
        for (score, wanted) in zip(scores, wanted) {
            #expect(abs(score.logProbability - wanted.logProbability) < 1e-5)
            #expect(score.best == wanted.best)
        }
        let mean = -wanted.reduce(0) { $0 + $1.logProbability } / Double(wanted.count)
        #expect(abs(Perplexity(scores).value / exp(mean) - 1) < 1e-5)
    }

    @Test func `divergences are those of the whole distributions`() throws {
        let (tiny, other) = (try TinyLlama(), try TinyLlama(blocks: 1))
        let chunks = try tiny.chunks(16)
        let positions = try TextEvaluation(chunks).divergences(
            tiny.session(contextLength: 16), from: other.session(contextLength: 16, batchSize: 5))
        let (mine, theirs) = (try tiny.session(contextLength: 16), try other.session(contextLength: 16))
        try mine.evaluate(chunks.input(0), logits: .all)
        try theirs.evaluate(chunks.input(0), logits: .all)
        for (index, position) in chunks.scored.enumerated() {
            let (p, q) = (logProbabilities(theirs.logits(position)), logProbabilities(mine.logits(position)))
            var wanted = 0.0
            for (p, q) in zip(p, q) { wanted += exp(p) * (p - q) }
            #expect(wanted > 1e-7)
            #expect(abs(positions[index].divergence - wanted) < 1e-8)
        }
    }

    @Test func `a model does not diverge from itself`() throws {
        let tiny = try TinyLlama()
        let positions = try TextEvaluation(try tiny.chunks(16)).divergences(
            tiny.session(contextLength: 16), from: tiny.session(contextLength: 16))
        let comparison = Comparison(positions)
        #expect(positions.allSatisfy { $0.divergence == 0 && $0.score == $0.reference })
        #expect(comparison.sameTop.value == 1)
        #expect(comparison.logRatio == Comparison.Figure(0, 0))
        #expect(comparison.deltaPercentiles.allSatisfy { $0.value == 0 })
    }

    @Test func `any number of threads gives the same bits`() throws {
        let tiny = try TinyLlama()
        let evaluation = TextEvaluation(try tiny.chunks(32))
        let one = try evaluation.scores(tiny.session(contextLength: 32, threads: 1))
        let three = try evaluation.scores(tiny.session(contextLength: 32, threads: 3))
        #expect(one == three)
    }

    @Test func `percentiles lie between values in proportion`() {
        let values = Distribution([4.0, 1, 3, 2, 5])
        #expect([0, 0.25, 0.5, 0.625, 1].map(values.percentile) == [1, 2, 3, 3.5, 5])
        #expect(Distribution([Double]()).percentile(0.5) == 0)
    }

    @Test func `an estimate's uncertainty is the standard error of its mean`() {
        let estimate = MeanEstimate([1.0, 2, 3, 4])
        #expect(estimate.mean == 2.5)
        #expect(abs(estimate.uncertainty - (1.25 / 3).squareRoot()) < 1e-12)
        #expect(MeanEstimate([7.0]).uncertainty == 0)
    }
}
