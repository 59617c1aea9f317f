/// What every table of a kind needs, worked out once.
extension LanguageTable {
    /// A table's expressions and what is known of them, to begin others with.
    public struct Snapshot: Sendable {
        fileprivate(set) var nodes: [Node]
        fileprivate(set) var indices: [Node: Int32]
        fileprivate(set) var nullables: [Bool]
        fileprivate(set) var mayHideEmptiness: [Bool]
        fileprivate(set) var transitions: [[Transition]?]
        fileprivate(set) var knownEmpty: [Language: Bool]
        fileprivate(set) var encodings: [EncodingKey: Language]
        fileprivate(set) var remembered: [String: Language]
    }

    public var snapshot: Snapshot {
        Snapshot(
            nodes: nodes, indices: indices, nullables: nullables, mayHideEmptiness: mayHideEmptiness, transitions: transitions,
            knownEmpty: knownEmpty, encodings: encodings, remembered: remembered)
    }

    /// A language by a name of the caller's, made where the table does not have it yet.
    public func language(named name: String, _ make: () -> Language) -> Language {
        if let known = remembered[name] { return known }
        let made = make()
        remembered[name] = made
        return made
    }

    /// Works out the derivatives of a language and of what follows it, up to so many.
    public func explore(_ language: Language, limit: Int) {
        var seen: Set<Language> = [language]
        var queue = [language]
        while let next = queue.popLast(), seen.count < limit {
            for transition in derivatives(of: next) where seen.insert(transition.next).inserted { queue.append(transition.next) }
        }
    }
}
