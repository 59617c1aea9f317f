/// What may follow the first byte of a language's texts, and whether it has texts at all.
extension LanguageTable {
    /// The language of what may follow `byte`.
    public func derivative(of language: Language, by byte: UInt8) -> Language {
        for transition in derivatives(of: language) where transition.low <= byte && byte <= transition.high {
            return transition.next
        }
        return .nothing
    }

    /// The derivatives by every byte, as ranges in order; bytes that nothing follows are left out.
    func derivatives(of language: Language) -> [Transition] {
        if let known = transitions[Int(language.index)] { return known }
        let made = derive(self[language])
        transitions[Int(language.index)] = made
        return made
    }

    private func derive(_ node: Node) -> [Transition] {
        switch node {
        case .nothing, .empty: return []
        case .everything: return [Transition(low: 0, high: 255, next: .everything)]
        case .bytes(let set): return set.ranges.map { Transition(low: $0.lowerBound, high: $0.upperBound, next: .empty) }
        case .sequence(let first, let second):
            let heads = derivatives(of: first).map { Transition(low: $0.low, high: $0.high, next: sequence($0.next, second)) }
            return isNullable(first) ? merge([heads, derivatives(of: second)]) { self.union($0) } : heads
        case .union(let parts):
            return merge(parts.map { derivatives(of: $0) }) { self.union($0) }
        case .intersection(let parts):
            return merge(parts.map { derivatives(of: $0) }) { $0.count == parts.count ? self.intersection($0) : .nothing }
        case .complement(let inner):
            let all = [Transition(low: 0, high: 255, next: .nothing)]
            return merge([all, derivatives(of: inner)]) { self.complement($0.last ?? .nothing) }
        case .repeated(let inner, let minimum, let maximum):
            let rest = repeated(
                inner, minimum: max(0, minimum - 1), maximum: maximum == LanguageTable.unbounded ? maximum : maximum - 1)
            return derivatives(of: inner).map { Transition(low: $0.low, high: $0.high, next: sequence($0.next, rest)) }
        case .multiple(let remainder): return derive(remainder)
        }
    }

    private func derive(_ remainder: DecimalRemainder) -> [Transition] {
        var result: [Transition] = []
        if let next = remainder.readingPoint() {
            result.append(Transition(low: 0x2E, high: 0x2E, next: intern(.multiple(next))))
        }
        for digit in 0..<10 {
            guard let next = remainder.reading(digit: digit) else { continue }
            let byte = UInt8(0x30 + digit)
            result.append(Transition(low: byte, high: byte, next: intern(.multiple(next))))
        }
        return result
    }

    /// Cuts the bytes at every border of the lists and joins, per piece, what the lists say of it, in the lists' order.
    private func merge(_ lists: [[Transition]], _ join: ([Language]) -> Language) -> [Transition] {
        var found: [Language] = []
        var borders = ByteSet.none
        for list in lists {
            for transition in list {
                borders.insert(transition.low)
                if transition.high < 255 { borders.insert(transition.high + 1) }
            }
        }
        let starts = borders.elements
        var cursors = [Int](repeating: 0, count: lists.count)
        var result: [Transition] = []
        for (index, low) in starts.enumerated() {
            found.removeAll(keepingCapacity: true)
            for list in lists.indices {
                while cursors[list] < lists[list].count && lists[list][cursors[list]].high < low { cursors[list] += 1 }
                guard cursors[list] < lists[list].count, lists[list][cursors[list]].low <= low else { continue }
                found.append(lists[list][cursors[list]].next)
            }
            guard !found.isEmpty else { continue }
            let next = join(found)
            guard next != .nothing else { continue }
            let high = index + 1 < starts.count ? starts[index + 1] - 1 : 255
            if let last = result.last, last.next == next, last.high + 1 == low {
                result[result.count - 1].high = high
            } else {
                result.append(Transition(low: low, high: high, next: next))
            }
        }
        return result
    }

    /// Whether the language has no text.
    public func isEmpty(_ language: Language) -> Bool {
        if language == .nothing { return true }
        guard mayHideEmptiness[Int(language.index)] else { return false }
        if isNullable(language) { return false }
        if let known = knownEmpty[language] { return known }
        var seen: Set<Language> = [language]
        var queue = [language]
        var parents: [Language: Language] = [:]
        // Depth first: the texts of a language that has any are mostly found by going straight on.
        while let state = queue.popLast() {
            for transition in derivatives(of: state) where seen.insert(transition.next).inserted {
                let next = transition.next
                parents[next] = state
                let isLive = isNullable(next) || knownEmpty[next] == false || !mayHideEmptiness[Int(next.index)]
                guard isLive else {
                    if knownEmpty[next] != true { queue.append(next) }
                    continue
                }
                var path: Language? = next
                while let step = path {
                    knownEmpty[step] = false
                    path = parents[step]
                }
                return false
            }
        }
        for state in seen { knownEmpty[state] = true }
        return true
    }

    /// Whether every text of `part` is a text of `whole`.
    public func contains(_ part: Language, in whole: Language) -> Bool { isEmpty(difference(part, whole)) }

    /// Whether the bytes are a text of the language.
    public func accepts(_ text: some Sequence<UInt8>, in language: Language) -> Bool {
        isNullable(text.reduce(language) { derivative(of: $0, by: $1) })
    }
}
