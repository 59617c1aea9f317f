/// The constructors of expressions. Each brings what it is given to normal form first: equal languages should, where that is
/// cheap to see, become equal expressions.
extension LanguageTable {
    public func bytes(_ set: ByteSet) -> Language { set.isEmpty ? .nothing : intern(.bytes(set)) }

    public func literal(_ text: some BidirectionalCollection<UInt8>) -> Language {
        text.reversed().reduce(.empty) { sequence(bytes(ByteSet(CollectionOfOne($1))), $0) }
    }

    /// One of the texts, built as a tree of their first bytes, so that many texts cost no more than their letters.
    public func literals(_ texts: [[UInt8]]) -> Language {
        literals(texts.sorted { $0.lexicographicallyPrecedes($1) }[...], depth: 0)
    }

    private func literals(_ texts: ArraySlice<[UInt8]>, depth: Int) -> Language {
        var rest = texts
        var parts: [Language] = []
        while let first = rest.first, first.count == depth {
            parts = [.empty]
            rest = rest.dropFirst()
        }
        while let byte = rest.first?[depth] {
            let end = rest.firstIndex { $0[depth] != byte } ?? rest.endIndex
            parts.append(sequence(bytes(ByteSet(byte...byte)), literals(rest[rest.startIndex..<end], depth: depth + 1)))
            rest = rest[end...]
        }
        return union(parts)
    }

    public func sequence(_ parts: [Language]) -> Language { parts.reversed().reduce(.empty) { sequence($1, $0) } }

    public func sequence(_ first: Language, _ second: Language) -> Language {
        if first == .nothing || second == .nothing { return .nothing }
        if first == .empty { return second }
        if second == .empty { return first }
        if first == .everything && second == .everything { return .everything }
        if case .sequence(let head, let tail) = self[first] { return sequence(head, sequence(tail, second)) }
        return intern(.sequence(first, second))
    }

    public func union(_ parts: [Language]) -> Language {
        var set = ByteSet.none
        var rest: Set<Language> = []
        for part in parts { collectUnion(part, &set, &rest) }
        if rest.contains(.everything) { return .everything }
        if !set.isEmpty { rest.insert(bytes(set)) }
        let absorbed = rest.filter { part in if case .complement(let inner) = self[part] { rest.contains(inner) } else { false } }
        if !absorbed.isEmpty { return .everything }
        if rest.contains(.empty), rest.contains(where: { $0 != .empty && isNullable($0) }) { rest.remove(.empty) }
        if rest.isEmpty { return .nothing }
        if rest.count == 1, let only = rest.first { return only }
        return intern(.union(rest.sorted { $0.index < $1.index }))
    }

    private func collectUnion(_ part: Language, _ set: inout ByteSet, _ rest: inout Set<Language>) {
        switch self[part] {
        case .nothing: break
        case .bytes(let more): set = set.union(more)
        case .union(let inner): for language in inner { collectUnion(language, &set, &rest) }
        default: rest.insert(part)
        }
    }

    public func intersection(_ parts: [Language]) -> Language {
        var set: ByteSet?
        var rest: Set<Language> = []
        for part in parts {
            switch self[part] {
            case .nothing: return .nothing
            case .everything: break
            case .bytes(let more): set = set.map { $0.intersection(more) } ?? more
            case .intersection(let inner): rest.formUnion(inner)
            default: rest.insert(part)
            }
        }
        if let set {
            guard !set.isEmpty else { return .nothing }
            rest.insert(bytes(set))
        }
        if rest.contains(.empty) { return rest.allSatisfy(isNullable) ? .empty : .nothing }
        if rest.contains(where: { part in if case .complement(let inner) = self[part] { rest.contains(inner) } else { false } }) {
            return .nothing
        }
        if rest.isEmpty { return .everything }
        if rest.count == 1, let only = rest.first { return only }
        return intern(.intersection(rest.sorted { $0.index < $1.index }))
    }

    public func complement(_ language: Language) -> Language {
        switch self[language] {
        case .nothing: .everything
        case .everything: .nothing
        case .complement(let inner): inner
        default: intern(.complement(language))
        }
    }

    /// What is in the first and not in the second.
    public func difference(_ first: Language, _ second: Language) -> Language { intersection([first, complement(second)]) }

    /// `minimum` to `maximum` times, nil for any number from `minimum` on.
    public func repeated(_ language: Language, minimum: Int, maximum: Int?) -> Language {
        let most = maximum.map { Int32(clamping: $0) } ?? LanguageTable.unbounded
        return repeated(language, minimum: Int32(clamping: minimum), maximum: most)
    }

    func repeated(_ language: Language, minimum: Int32, maximum: Int32) -> Language {
        if maximum == 0 || language == .empty { return .empty }
        if language == .nothing { return minimum == 0 ? .empty : .nothing }
        if minimum == 1 && maximum == 1 { return language }
        if language == .everything { return .everything }
        let least = isNullable(language) ? 0 : minimum
        if maximum == LanguageTable.unbounded {
            if case .repeated(let inner, 0...1, LanguageTable.unbounded) = self[language], least <= 1 {
                return repeated(inner, minimum: least == 0 ? 0 : 1, maximum: LanguageTable.unbounded)
            }
            if case .bytes(.all) = self[language], least == 0 { return .everything }
        }
        return intern(.repeated(language, minimum: least, maximum: maximum))
    }

    /// Decimal numerals, without sign, whose value is a multiple of `modulus` / 10^`scale`.
    public func decimalMultiples(of modulus: Int, scale: Int) -> Language {
        intern(.multiple(DecimalRemainder(modulus: modulus, scale: scale)))
    }
}
