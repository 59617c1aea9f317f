import Glibc

/// Keeps the surprise of the tokens drawn near a target, by letting more or fewer candidates in (Basu et al. 2021, "Mirostat").
///
/// Ollama dropped it; models made before that carry its options. Temperature comes first, then one of the two versions in place of
/// top-k, typical-p, top-p and min-p, as in llama.cpp.
struct Mirostat: Sendable {
    private let version: SamplingOptions.MirostatVersion
    private let target: Double
    private let rate: Double
    /// The surprise that candidates may have at most, in bits.
    private(set) var bound: Double

    /// Candidates whose probabilities tell how fast the vocabulary's fall.
    private static let sampleCount = 100

    init(_ version: SamplingOptions.MirostatVersion, options: SamplingOptions) {
        self.version = version
        (target, rate) = (Double(options.mirostatTau), Double(options.mirostatEta))
        bound = 2 * target
    }

    mutating func draw(from filter: inout CandidateFilter, vocabularySize: Int, temperature: Float, unit: Double) -> Int32? {
        switch version {
        case .first: filter.keepTop(count(in: &filter, vocabularySize: vocabularySize, temperature: Double(temperature)))
        case .second: filter.keepLikelier(thanBits: bound, temperature: temperature)
        }
        guard let drawn = filter.drawWithShare(temperature: temperature, unit: unit) else { return nil }
        bound -= rate * (-log2(drawn.share) - target)
        return drawn.id
    }

    /// How many candidates have a surprise below the bound, if probabilities fall as Zipf's law says.
    private func count(in filter: inout CandidateFilter, vocabularySize: Int, temperature: Double) -> Int {
        let sample = filter.top(Self.sampleCount)
        guard sample.count > 1 else { return 1 }
        var (products, squares) = (0.0, 0.0)
        for index in 0..<sample.count - 1 {
            let step = log(Double(index + 2) / Double(index + 1))
            products += step * Double(sample[index].logit - sample[index + 1].logit) / temperature
            squares += step * step
        }
        let exponent = products / squares
        let excess = exponent - 1
        // For an exponent of one the quotient's limit.
        let quotient = abs(excess) < 1e-9 ? 1 / log(Double(vocabularySize)) : excess / (1 - pow(Double(vocabularySize), -excess))
        let count = pow(quotient * pow(2, bound), 1 / exponent)
        return count < Double(vocabularySize) ? max(Int(count), 1) : vocabularySize
    }
}
