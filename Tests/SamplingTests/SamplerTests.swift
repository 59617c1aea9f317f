import Foundation
import Sampling
import Testing

/// Runs a sampler many times over the same logits and returns how often each token was drawn.
private func frequencies(_ logits: [Float], draws: Int = 20_000, _ change: (inout SamplingOptions) -> Void) throws -> [Double] {
    var options = SamplingOptions()
    (options.temperature, options.topK, options.topP, options.seed) = (1, 0, 1, 7)
    change(&options)
    var sampler = Sampler(options: options, vocabularySize: logits.count, contextLength: 16)
    var counts = [Double](repeating: 0, count: logits.count)
    for _ in 0..<draws { counts[Int(try sampler.sample(logits.span))] += 1 }
    return counts.map { $0 / Double(draws) }
}

private func softmax(_ logits: [Double]) -> [Double] {
    let weights = logits.map { Double.exp($0) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
}

extension Double {
    fileprivate static func exp(_ value: Double) -> Double { Foundation.exp(value) }
}

/// Five standard deviations of a frequency near one half over 20,000 draws.
private let tolerance = 0.018

private func expectClose(_ found: [Double], _ wanted: [Double], _ location: SourceLocation = #_sourceLocation) {
    #expect(found.count == wanted.count, sourceLocation: location)
    for (index, pair) in zip(found, wanted).enumerated() {
        #expect(abs(pair.0 - pair.1) < tolerance, "token \(index): \(pair.0), wanted \(pair.1)", sourceLocation: location)
        if pair.1 == 0 { #expect(pair.0 == 0, "token \(index) must never be drawn", sourceLocation: location) }
    }
}

@Suite struct SamplerTests {
    let logits: [Float] = [1, 3, 2, 0, -1]

    @Test func `draws follow the softmax of the logits`() throws {
        expectClose(try frequencies(logits) { _ in }, softmax([1, 3, 2, 0, -1]))
    }

    @Test func `temperature divides the logits`() throws {
        expectClose(try frequencies(logits) { $0.temperature = 2 }, softmax([0.5, 1.5, 1, 0, -0.5]))
        expectClose(try frequencies(logits) { $0.temperature = 0.5 }, softmax([2, 6, 4, 0, -2]))
    }

    @Test func `top-k keeps the k most likely and prefers the lower id among equals`() throws {
        let kept = softmax([3, 2])
        expectClose(try frequencies(logits) { $0.topK = 2 }, [0, kept[0], kept[1], 0, 0])
        expectClose(try frequencies([1, 1, 1, 1]) { $0.topK = 2 }, [0.5, 0.5, 0, 0])
        expectClose(try frequencies([1, 2, 2, 1, 2]) { $0.topK = 4 }, softmax([1, 2, 2, -.infinity, 2]))
    }

    @Test func `top-p keeps the smallest set that reaches the mass, sorted or not`() throws {
        // Probabilities: 0.636, 0.234, 0.086, 0.032, 0.012.
        let two = softmax([3, 2])
        for topK in [0, 4] {
            expectClose(try frequencies(logits) { ($0.topP, $0.topK) = (0.8, topK) }, [0, two[0], two[1], 0, 0])
            expectClose(try frequencies(logits) { ($0.topP, $0.topK) = (0.5, topK) }, [0, 1, 0, 0, 0])
            expectClose(try frequencies(logits) { ($0.topP, $0.topK) = (0, topK) }, [0, 1, 0, 0, 0])
        }
    }

    @Test func `a wide nucleus over a large vocabulary is found by steps`() throws {
        let flat = [Float](repeating: 0, count: 200)
        let found = try frequencies(flat, draws: 3000) { $0.topP = 0.5 }
        #expect(found[..<100].allSatisfy { $0 > 0 })
        #expect(found[100...].allSatisfy { $0 == 0 })
    }

    @Test func `min-p compares with the most likely token`() throws {
        let three = softmax([1, 3, 2])
        expectClose(try frequencies(logits) { $0.minP = 0.1 }, [three[0], three[1], three[2], 0, 0])
        expectClose(try frequencies(logits) { $0.minP = 1 }, [0, 1, 0, 0, 0])
    }

    @Test func `typical-p prefers tokens near the entropy`() throws {
        // Probabilities 0.636, 0.234, 0.086, ... have an entropy of 0.99 nats; -ln p: 0.45, 1.45, 2.45: tokens 2 and 1 are nearest.
        let found = try frequencies(logits) { $0.typicalP = 0.2 }
        #expect(found[2] + found[1] == 1)
        #expect(found[2] > 0)
        expectClose(try frequencies([0, 0, 0, 0]) { $0.typicalP = 0.4 }, [0.5, 0.5, 0, 0])
    }

    @Test func `temperature zero takes the most likely token, the lowest id among equals`() throws {
        expectClose(try frequencies([1, 5, 5, 0], draws: 10) { $0.temperature = 0 }, [0, 1, 0, 0])
        expectClose(
            try frequencies([1, 5, 5, 0], draws: 10) { ($0.temperature, $0.topK, $0.typicalP) = (-1, 40, 0.1) }, [0, 1, 0, 0])
    }

    @Test func `logit bias shifts and forbids`() throws {
        expectClose(try frequencies(logits) { $0.logitBias = [0: 2, 1: -.infinity, 9: 5] }, softmax([3, -.infinity, 2, 0, -1]))
    }

    @Test func `the same seed draws the same tokens, another seed others`() throws {
        func run(_ seed: Int) throws -> [Int32] {
            var options = SamplingOptions()
            (options.seed, options.temperature) = (seed, 1.5)
            var sampler = Sampler(options: options, vocabularySize: 100, contextLength: 16)
            let logits = (0..<100).map { Float(($0 * 37) % 11) / 4 }
            return try (0..<50).map { _ in try sampler.sample(logits.span) }
        }
        #expect(try run(42) == run(42))
        #expect(try run(42) != run(43))
        #expect(try run(-1) != run(-1))
    }

    @Test func `a seed keeps its numbers from version to version`() {
        var source = RandomSource(seed: 42)
        #expect(
            [source.next(), source.next(), source.next()] == [
                1_546_998_764_402_558_742, 6_990_951_692_964_543_102, 12_544_586_762_248_559_009,
            ])
        for _ in 0..<1000 { #expect((0..<1).contains(source.nextUnit())) }
    }
}

@Suite struct PenaltyTests {
    private func scores(_ logits: [Float], accepted: [Int32], _ change: (inout SamplingOptions) -> Void) throws -> [Double] {
        var options = SamplingOptions()
        (options.temperature, options.topK, options.topP, options.seed) = (1, 0, 1, 11)
        change(&options)
        var sampler = Sampler(options: options, vocabularySize: logits.count, contextLength: 4)
        for token in accepted { sampler.accept(token) }
        var counts = [Double](repeating: 0, count: logits.count)
        for _ in 0..<20_000 { counts[Int(try sampler.sample(logits.span))] += 1 / 20_000 }
        return counts
    }

    @Test func `the repeat penalty divides positive and multiplies negative logits`() throws {
        expectClose(
            try scores([2, -1, 1], accepted: [0, 1, 1]) { $0.repeatPenalty = 2 }, softmax([1, -2, 1]))
    }

    @Test func `presence counts once, frequency each time`() throws {
        expectClose(
            try scores([2, 2, 2], accepted: [0, 1, 1]) { ($0.presencePenalty, $0.frequencyPenalty) = (0.5, 0.25) },
            softmax([2 - 0.75, 2 - 1, 2]))
    }

    @Test func `only the last tokens count, and -1 is the whole context`() throws {
        let tokens: [Int32] = [0, 1, 1, 2, 2]
        expectClose(
            try scores([1, 1, 1], accepted: tokens) { ($0.repeatLastN, $0.frequencyPenalty) = (2, 1) }, softmax([1, 1, -1]))
        expectClose(
            try scores([1, 1, 1], accepted: tokens) { ($0.repeatLastN, $0.frequencyPenalty) = (-1, 1) }, softmax([1, -1, -1]))
        expectClose(
            try scores([1, 1, 1], accepted: tokens) { ($0.repeatLastN, $0.frequencyPenalty) = (0, 1) }, softmax([1, 1, 1]))
    }

    @Test func `ids outside the vocabulary are no harm`() throws {
        expectClose(try scores([1, 1], accepted: [5, -3]) { $0.frequencyPenalty = 1 }, [0.5, 0.5])
    }
}

@Suite struct MaskTests {
    private func sampler(_ size: Int, temperature: Float = 1) -> Sampler {
        var options = SamplingOptions()
        (options.temperature, options.seed) = (temperature, 3)
        return Sampler(options: options, vocabularySize: size, contextLength: 8)
    }

    @Test func `a mask leaves only what it allows`() throws {
        var drawing = sampler(130)
        let logits = [Float](repeating: 0, count: 130)
        var mask: [UInt64] = [0, 1 << 5, 2]
        var seen = Set<Int32>()
        for _ in 0..<100 { seen.insert(try drawing.sample(logits.span, allowed: mask)) }
        #expect(seen == [69, 129])
        mask = [0, 0, 0]
        #expect(throws: SamplingError.nothingAllowed) { try drawing.sample(logits.span, allowed: mask) }
        var greedy = sampler(130, temperature: 0)
        #expect(throws: SamplingError.nothingAllowed) { try greedy.sample(logits.span, allowed: mask) }
    }

    @Test func `wrong sizes are errors`() {
        var drawing = sampler(130)
        let logits = [Float](repeating: 0, count: 130)
        #expect(throws: SamplingError.maskSize(found: 2, wanted: 3)) { try drawing.sample(logits.span, allowed: [1, 1]) }
        #expect(throws: SamplingError.logitCount(found: 129, wanted: 130)) {
            try drawing.sample(logits.span.extracting(first: 129))
        }
    }

    @Test func `logits that are no numbers are never drawn`() throws {
        var drawing = sampler(3)
        let logits: [Float] = [.nan, 0, -.infinity]
        for _ in 0..<20 { #expect(try drawing.sample(logits.span) == 1) }
        let none: [Float] = [.nan, .nan, .nan]
        #expect(throws: SamplingError.nothingAllowed) { try drawing.sample(none.span) }
    }
}

@Suite struct LogProbabilityTests {
    @Test func `log-probabilities are those of the plain softmax`() {
        let logits: [Float] = [1, 3, 2, 0, -1]
        let wanted = softmax([1, 3, 2, 0, -1]).map { Foundation.log($0) }
        let found = LogProbabilities(of: 3, top: 2, logits: logits.span)
        #expect(found.chosen.token == 3)
        #expect(abs(Double(found.chosen.logProbability) - wanted[3]) < 1e-6)
        #expect(found.top.map(\.token) == [1, 2])
        #expect(abs(Double(found.top[0].logProbability) - wanted[1]) < 1e-6)
        #expect(LogProbabilities(of: 0, top: 0, logits: logits.span).top.isEmpty)
        #expect(LogProbabilities(of: 0, top: 99, logits: logits.span).top.count == 5)
    }
}
