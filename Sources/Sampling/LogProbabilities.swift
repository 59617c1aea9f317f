import Glibc

/// Natural logarithms of the model's own probabilities: before bias, penalties and temperature, as `logprobs` reports them.
public struct LogProbabilities: Sendable {
    public struct Entry: Sendable, Equatable {
        public let token: Int32
        public let logProbability: Float
    }

    /// The token that was drawn.
    public let chosen: Entry
    /// The most likely tokens, most likely first.
    public let top: [Entry]

    /// - Parameters:
    ///   - chosen: a token of the vocabulary that `logits` covers.
    ///   - top: how many of the most likely tokens to name.
    public init(of chosen: Int32, top: Int, logits: Span<Float>) {
        precondition(logits.indices.contains(Int(chosen)), "token \(chosen) of \(logits.count)")
        var highest = -Double.infinity
        for id in logits.indices { highest = max(highest, Double(logits[id])) }
        var total = 0.0
        for id in logits.indices { total += exp(Double(logits[id]) - highest) }
        let base = highest + log(total)
        func entry(_ token: Int32) -> Entry {
            Entry(token: token, logProbability: Float(Double(logits[Int(token)]) - base))
        }
        var selection = TopSelection()
        selection.start(limit: max(0, min(top, logits.count)))
        if top > 0 {
            for id in logits.indices { selection.offer(Candidate(id: Int32(id), logit: logits[id])) }
            selection.sort()
        }
        self.chosen = entry(chosen)
        self.top = selection.items.map { entry($0.id) }
    }
}
