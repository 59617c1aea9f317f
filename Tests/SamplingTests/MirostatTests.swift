import Foundation
import Sampling
import Testing

/// Mirostat's aim, and that sorting by digits gives what comparing gives.
@Suite struct MirostatTests {
    /// Probabilities that fall as in texts.
    private static let logits = (0..<2000).map { -1.1 * logf(Float($0) + 1) }

    private func meanSurprise(_ version: SamplingOptions.MirostatVersion, tau: Float) throws -> Double {
        var options = SamplingOptions()
        (options.temperature, options.mirostat, options.mirostatTau, options.seed) = (1, version, tau, 3)
        var sampler = Sampler(options: options, vocabularySize: Self.logits.count, contextLength: 16)
        let weights = Self.logits.map { exp(Double($0)) }
        let total = weights.reduce(0, +)
        var sum = 0.0
        for draw in 0..<4000 {
            let token = try sampler.sample(Self.logits.span)
            if draw >= 1000 { sum -= log2(weights[Int(token)] / total) }
        }
        return sum / 3000
    }

    @Test(arguments: [SamplingOptions.MirostatVersion.first, .second])
    func theSurpriseFollowsTheTarget(version: SamplingOptions.MirostatVersion) throws {
        let means = try [2, 3.5, 5].map { (tau: Float) in try meanSurprise(version, tau: tau) }
        #expect(means[0] < means[1] && means[1] < means[2])
        // What is drawn is measured among the candidates that were left, so that the whole distribution's figure lies above the target.
        for (mean, tau) in zip(means, [2, 3.5, 5]) { #expect(mean > tau - 0.2 && mean < tau + 1.6, "\(mean) for \(tau)") }
    }

    @Test func zeroTemperatureStaysGreedy() throws {
        var options = SamplingOptions()
        (options.temperature, options.mirostat) = (0, .second)
        var sampler = Sampler(options: options, vocabularySize: 4, contextLength: 16)
        #expect(try sampler.sample(([0, 3, 1, 2] as [Float]).span) == 1)
    }

    @Test func oneCandidateIsDrawn() throws {
        for version in [SamplingOptions.MirostatVersion.first, .second] {
            var options = SamplingOptions()
            options.mirostat = version
            var sampler = Sampler(options: options, vocabularySize: 3, contextLength: 16)
            for _ in 0..<20 { #expect(try sampler.sample(([-.infinity, 0, -.infinity] as [Float]).span) == 1) }
        }
    }
}

/// Filters over large vocabularies against the definition: sort everything, add up, cut.
@Suite struct FlatDistributions {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 33
        }
    }

    /// Nearly flat, with ties, zeros of both signs and holes.
    private static let logits: [Float] = {
        var generator = Generator(state: 5)
        return (0..<20_000).map { index in
            switch index % 50 {
            case 7: -.infinity
            case 8: -0.0
            case 9: 0
            default: (Float.random(in: -1...1, using: &generator) * 64).rounded() / 64
            }
        }
    }()

    /// The tokens that nucleus sampling may draw, most likely first.
    private func nucleus(_ mass: Double) -> [Int] {
        let order = Self.logits.indices.filter { Self.logits[$0] > -.infinity }.sorted {
            Self.logits[$0] > Self.logits[$1] || (Self.logits[$0] == Self.logits[$1] && $0 < $1)
        }
        let weights = order.map { exp(Double(Self.logits[$0]) - Double(Self.logits[order[0]])) }
        let wanted = weights.reduce(0, +) * mass
        var sum = 0.0
        let count =
            weights.firstIndex {
                sum += $0; return sum >= wanted
            } ?? weights.count - 1
        return Array(order.prefix(count + 1))
    }

    @Test(arguments: [0.01, 0.3, 0.9])
    func drawsAreThoseOfAWholeSort(mass: Double) throws {
        var options = SamplingOptions()
        (options.temperature, options.topK, options.topP, options.seed) = (1, 0, Float(mass), 11)
        var sampler = Sampler(options: options, vocabularySize: Self.logits.count, contextLength: 16)
        let kept = nucleus(Double(Float(mass)))
        let weights = kept.map { exp(Double(Self.logits[$0]) - Double(Self.logits[kept[0]])) }
        var random = RandomSource(seed: 11)
        for _ in 0..<50 {
            var rest = weights.reduce(0, +) * random.nextUnit()
            let wanted =
                zip(kept, weights).first {
                    rest -= $0.1; return rest < 0
                }?.0 ?? kept.last
            #expect(try sampler.sample(Self.logits.span) == wanted.map(Int32.init))
        }
    }
}
