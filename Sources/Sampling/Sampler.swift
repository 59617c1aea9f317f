/// Draws tokens from logits: bias, mask, penalties, top-k, typical-p, top-p, min-p, temperature, draw, in this order, which is
/// llama-server's. Mirostat draws in place of the filters.
///
/// One sampler serves one sequence. The ids depend on the options, the seed, the tokens accepted and the logits alone. After
/// the first token nothing is allocated.
///
/// ```swift
/// var sampler = Sampler(options: options, vocabularySize: model.vocabularySize, contextLength: session.contextLength)
/// for token in prompt { sampler.accept(token) }
/// let next = try session.withLogits { try sampler.sample($0) }
/// sampler.accept(next)
/// ```
public struct Sampler: Sendable {
    public let options: SamplingOptions
    /// The seed in use: the one asked for, or the one that chance picked.
    public let seed: UInt64

    private let vocabularySize: Int
    private var recent: RecentTokens
    private var random: RandomSource
    private var scores: [Float] = []
    private var filter = CandidateFilter()
    private var mirostat: Mirostat?

    /// - Parameter contextLength: what a `repeatLastN` of -1 stands for.
    public init(options: SamplingOptions, vocabularySize: Int, contextLength: Int) {
        self.options = options
        self.vocabularySize = vocabularySize
        seed = options.seed == -1 ? UInt64.random(in: .min ... .max) : UInt64(bitPattern: Int64(options.seed))
        random = RandomSource(seed: seed)
        let window = options.repeatLastN < 0 ? contextLength : options.repeatLastN
        recent = RecentTokens(capacity: options.penalizes ? window : 0)
        scores.reserveCapacity(vocabularySize)
        mirostat = options.mirostat.map { Mirostat($0, options: options) }
    }

    /// Takes note of a token of the sequence, the prompt's included.
    public mutating func accept(_ token: Int32) { recent.append(token) }

    /// Forgets the tokens accepted. The random numbers go on where they are.
    public mutating func forgetTokens() { recent.removeAll() }

    /// Draws the next token; the caller accepts it when it joins the sequence.
    ///
    /// - Parameters:
    ///   - logits: one per token of the vocabulary.
    ///   - allowed: bit `id % 64` of word `id / 64` says whether a token may follow; nil allows all.
    public mutating func sample(_ logits: Span<Float>, allowed: [UInt64]? = nil) throws(SamplingError) -> Int32 {
        guard logits.count == vocabularySize else {
            throw .logitCount(found: logits.count, wanted: vocabularySize)
        }
        copyScores(logits)
        if let allowed { try apply(mask: allowed) }
        penalize()
        if options.temperature <= 0 { return try mostLikely() }
        if mirostat != nil {
            filter.start(with: scores, topK: 0)
            let token = mirostat?.draw(
                from: &filter, vocabularySize: vocabularySize, temperature: options.temperature, unit: random.nextUnit())
            guard let token else { throw .nothingAllowed }
            return token
        }
        filter.start(with: scores, topK: options.topK)
        filter.keepTypical(mass: options.typicalP)
        filter.keepNucleus(mass: options.topP)
        filter.keepAbove(share: options.minP)
        guard let token = filter.draw(temperature: options.temperature, unit: random.nextUnit()) else {
            throw .nothingAllowed
        }
        return token
    }

    private mutating func copyScores(_ logits: Span<Float>) {
        scores.removeAll(keepingCapacity: true)
        for id in logits.indices { scores.append(logits[id]) }
        for (token, bias) in options.logitBias where scores.indices.contains(Int(token)) { scores[Int(token)] += bias }
    }

    private mutating func apply(mask: [UInt64]) throws(SamplingError) {
        let wanted = (vocabularySize + 63) / 64
        guard mask.count >= wanted else { throw .maskSize(found: mask.count, wanted: wanted) }
        for word in 0..<wanted where mask[word] != .max {
            for id in word * 64..<min(word * 64 + 64, vocabularySize) where mask[word] >> UInt64(id % 64) & 1 == 0 {
                scores[id] = -.infinity
            }
        }
    }

    private mutating func penalize() {
        guard options.penalizes else { return }
        let options = options
        recent.forEachCounted { token, count in
            guard scores.indices.contains(Int(token)) else { return }
            var score = scores[Int(token)]
            score = score > 0 ? score / options.repeatPenalty : score * options.repeatPenalty
            scores[Int(token)] = score - Float(count) * options.frequencyPenalty - options.presencePenalty
        }
    }

    private func mostLikely() throws(SamplingError) -> Int32 {
        let scores = scores.span
        var best = -1
        var highest = -Float.infinity
        for id in scores.indices where scores[id] > highest { (best, highest) = (id, scores[id]) }
        guard best >= 0 else { throw .nothingAllowed }
        return Int32(best)
    }
}
