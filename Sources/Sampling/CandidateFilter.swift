import Glibc

/// The tokens still in the running, and the filters that thin them out, in the order in which a sampler calls them.
///
/// Every filter leaves at least one candidate. Probabilities are computed in double precision.
struct CandidateFilter {
    private(set) var items: [Candidate] = []
    /// Whether `items` runs from most to least likely. Nothing is sorted before it must be.
    private var isSorted = false
    private var selection = TopSelection()
    private var sorter = CandidateSorter()
    private var weights: [Double] = []

    /// Starts with the `topK` most likely of `logits` (all for zero or less). A token at -infinity, or whose logit is not a
    /// number, is no candidate.
    mutating func start(with logits: [Float], topK: Int) {
        let logits = logits.span
        if topK > 0 && topK < logits.count {
            selection.start(limit: topK)
            var threshold = -Float.infinity
            for id in logits.indices where logits[id] > threshold {
                selection.offer(Candidate(id: Int32(id), logit: logits[id]))
                if selection.items.count == topK { threshold = selection.items[0].logit }
            }
            selection.sort()
            adoptSelection()
        } else {
            items.removeAll(keepingCapacity: true)
            items.reserveCapacity(logits.count)
            for id in logits.indices where logits[id] > -.infinity {
                items.append(Candidate(id: Int32(id), logit: logits[id]))
            }
            isSorted = false
        }
    }

    /// Keeps the tokens whose information is closest to the entropy of the distribution, up to the probability mass `mass`.
    mutating func keepTypical(mass: Float) {
        guard mass < 1, items.count > 1 else { return }
        let total = weigh()
        var entropy = 0.0
        for weight in weights where weight > 0 { entropy -= weight / total * log(weight / total) }
        // The order is by falling logit; the distance from the entropy takes the logit's place, negated.
        selection.items.removeAll(keepingCapacity: true)
        for index in items.indices {
            let distance = weights[index] > 0 ? abs(-log(weights[index] / total) - entropy) : .infinity
            selection.items.append(Candidate(id: Int32(index), logit: Float(-distance)))
        }
        sorter.sort(&selection.items)
        var reached = 0.0
        var kept = 0
        while kept < selection.items.count && (kept == 0 || reached <= Double(mass)) {
            let index = Int(selection.items[kept].id)
            reached += weights[index] / total
            selection.items[kept] = items[index]
            kept += 1
        }
        selection.items.removeSubrange(kept...)
        adoptSelection()
        isSorted = false
    }

    /// Keeps the most likely tokens until their probabilities reach `mass`.
    mutating func keepNucleus(mass: Float) {
        guard mass < 1, items.count > 1 else { return }
        let wanted = weigh() * Double(max(mass, 0))
        if isSorted {
            items.removeSubrange(countReaching(wanted, in: items)...)
            return
        }
        // A nucleus is small as a rule: the few most likely ones are looked at first, and all are sorted where they are not enough.
        for step in [64, 512] where step < items.count {
            selectTop(step)
            let count = countReaching(wanted, in: selection.items)
            if count < step {
                selection.items.removeSubrange(count...)
                return adoptSelection()
            }
        }
        sortAll()
        items.removeSubrange(countReaching(wanted, in: items)...)
    }

    /// Keeps the `count` most likely tokens.
    mutating func keepTop(_ count: Int) {
        guard count < items.count else { return }
        if isSorted {
            items.removeSubrange(count...)
        } else {
            selectTop(count)
            adoptSelection()
        }
    }

    /// The `count` most likely tokens, in order; all stay in the running.
    mutating func top(_ count: Int) -> [Candidate] {
        if isSorted { return Array(items.prefix(count)) }
        selectTop(min(count, items.count))
        return selection.items
    }

    /// Keeps tokens whose surprise at `temperature` is no more than `bits`, the most likely one at least.
    mutating func keepLikelier(thanBits bits: Double, temperature: Float) {
        guard items.count > 1 else { return }
        let least = weigh(temperature: Double(temperature)) * exp2(-bits)
        // The most likely token has the weight one.
        let threshold = min(least, 1)
        var kept = 0
        for index in items.indices where weights[index] >= threshold {
            items[kept] = items[index]
            kept += 1
        }
        items.removeSubrange(kept...)
    }

    /// Keeps tokens at least `share` as likely as the most likely one.
    mutating func keepAbove(share: Float) {
        guard share > 0, items.count > 1 else { return }
        let threshold = highestLogit + log(Double(min(share, 1)))
        items.removeAll { Double($0.logit) < threshold }
    }

    /// The token at the point `unit` (0..<1) of the candidates' probabilities at `temperature`, laid end to end.
    mutating func draw(temperature: Float, unit: Double) -> Int32? { drawWithShare(temperature: temperature, unit: unit)?.id }

    /// The same, with the token's share of the candidates' probabilities.
    mutating func drawWithShare(temperature: Float, unit: Double) -> (id: Int32, share: Double)? {
        guard let last = items.last else { return nil }
        let total = weigh(temperature: Double(temperature))
        var rest = total * unit
        for (item, weight) in zip(items, weights) {
            rest -= weight
            if rest < 0 { return (item.id, weight / total) }
        }
        // Rounding left a trace of probability beyond the last one.
        return (last.id, (weights.last ?? total) / total)
    }

    /// How many of `sorted` it takes until their weights sum up to `wanted`.
    private func countReaching(_ wanted: Double, in sorted: [Candidate]) -> Int {
        let highest = Double(sorted[0].logit)
        var reached = 0.0
        for (index, item) in sorted.enumerated() {
            reached += exp(Double(item.logit) - highest)
            if reached >= wanted { return index + 1 }
        }
        return sorted.count
    }

    /// Sorts the `count` most likely candidates into `selection`.
    private mutating func selectTop(_ count: Int) {
        selection.start(limit: count)
        for item in items { selection.offer(item) }
        selection.sort()
    }

    private mutating func sortAll() {
        sorter.sort(&items)
        isSorted = true
    }

    private mutating func adoptSelection() {
        swap(&items, &selection.items)
        isSorted = true
    }

    private var highestLogit: Double {
        if isSorted { return Double(items[0].logit) }
        return Double(items.reduce(-Float.infinity) { max($0, $1.logit) })
    }

    /// Fills `weights` with e^((logit - highest) / temperature) for each candidate.
    /// - Returns: their sum, at least 1.
    @discardableResult
    private mutating func weigh(temperature: Double = 1) -> Double {
        let highest = highestLogit
        weights.removeAll(keepingCapacity: true)
        var total = 0.0
        for item in items {
            let weight = exp((Double(item.logit) - highest) / temperature)
            weights.append(weight)
            total += weight
        }
        return total
    }
}
