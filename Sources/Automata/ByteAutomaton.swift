/// A deterministic automaton over bytes, made from a table's languages as they are reached.
///
/// A state is a language; its row of 256 next states is filled when it is first left. Dead ends are never entered: a state whose
/// language is empty is `dead`.
public final class ByteAutomaton {
    public typealias State = Int32

    /// What follows a byte that no text goes on with.
    public static let dead: State = -1
    /// What stands in a row that has not been filled.
    @usableFromInline static let unknown: State = -2

    public let table: LanguageTable
    /// 256 next states for each state, row after row.
    @usableFromInline var rows: [State] = []
    @usableFromInline var traits: [Traits] = []
    private var languages: [Language] = []
    private var states: [Language: State] = [:]

    /// What is known of a state without its row.
    public struct Traits: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// What was read is a text of the language.
        public static let accepts = Traits(rawValue: 1)
        /// What was read is a text and may be the whole of it: it accepts, or a tag comes next that no input has.
        public static let mayEnd = Traits(rawValue: 2)
        /// It may end, and no longer text begins with it.
        public static let isFinal = Traits(rawValue: 4)
    }

    public init(table: LanguageTable = LanguageTable()) { self.table = table }

    /// The state in which the texts of `language` are still to come; `dead` when there are none.
    public func state(for language: Language) -> State {
        if let known = states[language] { return known }
        guard !table.isEmpty(language) else {
            states[language] = ByteAutomaton.dead
            return ByteAutomaton.dead
        }
        let state = State(languages.count)
        states[language] = state
        languages.append(language)
        traits.append(traits(of: language))
        rows.append(contentsOf: repeatElement(ByteAutomaton.unknown, count: 256))
        return state
    }

    private func traits(of language: Language) -> Traits {
        if language == .empty { return [.accepts, .mayEnd, .isFinal] }
        if table.isTag(language) { return [.mayEnd, .isFinal] }
        return table.isNullable(language) ? [.accepts, .mayEnd] : []
    }

    /// The state after `byte`. `state` is not dead.
    @inlinable public func next(_ state: State, _ byte: UInt8) -> State {
        let known = rows[Int(state) << 8 | Int(byte)]
        if known != ByteAutomaton.unknown { return known }
        fill(state)
        return rows[Int(state) << 8 | Int(byte)]
    }

    @inlinable public func traits(_ state: State) -> Traits { traits[Int(state)] }

    /// Whether what was read is a text of the language.
    @inlinable public func isAccepting(_ state: State) -> Bool { traits[Int(state)].contains(.accepts) }

    public func language(of state: State) -> Language { languages[Int(state)] }

    /// The bytes that may come next.
    public func nextBytes(_ state: State) -> ByteSet {
        _ = next(state, 0)
        var bytes = ByteSet.none
        let row = Int(state) << 8
        for byte in UInt8.min...UInt8.max where rows[row | Int(byte)] != ByteAutomaton.dead { bytes.insert(byte) }
        return bytes
    }

    @usableFromInline func fill(_ state: State) {
        let row = Int(state) << 8
        for byte in 0..<256 { rows[row | byte] = ByteAutomaton.dead }
        for transition in table.derivatives(of: languages[Int(state)]) {
            let next = self.state(for: transition.next)
            for byte in transition.low...transition.high { rows[row | Int(byte)] = next }
        }
    }
}
