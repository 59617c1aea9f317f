/// The languages that JSON strings are made of, and what is plain to see of one.
extension LanguageTable {
    /// One character of a JSON string, raw or escaped.
    public var jsonCharacter: Language { language(.anyCharacter, encoding: .jsonString) }

    /// What may stand between a JSON string's quotes.
    public var jsonString: Language { repeated(jsonCharacter, minimum: 0, maximum: nil) }

    /// The same with the closing quote.
    public var jsonStringAndQuote: Language { sequence(jsonString, jsonQuote) }

    public var jsonQuote: Language { bytes(ByteSet(0x22...0x22)) }

    /// How many characters of any kind.
    public struct CharacterCount: Hashable, Sendable {
        public var least: Int
        /// Nil is without limit.
        public var most: Int?
    }

    /// The lengths of a JSON string's rest, where the language is just so many characters and the closing quote.
    public func charactersBeforeQuote(_ language: Language) -> CharacterCount? {
        if language == jsonQuote { return CharacterCount(least: 0, most: 0) }
        guard case .sequence(let head, let tail) = self[language], tail == jsonQuote else { return nil }
        return characterCount(of: head)
    }

    /// The lengths of texts of any characters, nil where the language asks for more.
    private func characterCount(of language: Language) -> CharacterCount? {
        if language == .empty { return CharacterCount(least: 0, most: 0) }
        if language == jsonCharacter { return CharacterCount(least: 1, most: 1) }
        guard case .repeated(let inner, let minimum, let maximum) = self[language], inner == jsonCharacter else { return nil }
        return CharacterCount(least: Int(minimum), most: maximum == LanguageTable.unbounded ? nil : Int(maximum))
    }

    /// Whether the language is of strings that go on for ever from wherever one has come to: any characters without limit.
    public func isOpenEnded(_ language: Language) -> Bool { characterCount(of: language).map { $0.most == nil } ?? false }

    /// What two languages of texts between quotes have in common.
    public func jsonStrings(in one: Language, and other: Language) -> Language {
        if one == jsonString { return other }
        if other == jsonString { return one }
        guard let first = characterCount(of: one), let second = characterCount(of: other) else {
            return intersection([one, other])
        }
        let least = max(first.least, second.least)
        let most = first.most.map { min($0, second.most ?? $0) } ?? second.most
        guard most.map({ $0 >= least }) ?? true else { return .nothing }
        return repeated(jsonCharacter, minimum: least, maximum: most)
    }
}
