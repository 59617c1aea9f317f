/// A deterministic automaton over bytes, made from a table's languages as they are reached.
///
/// A state is a language; its row of 256 next states is filled when it is first left. Dead ends are never entered: a state whose
/// language is empty is `dead`.
public final class ByteAutomaton {
    public typealias State = Int32

    /// What follows a byte that no text goes on with.
    public static let dead: State = -1

    public let table: LanguageTable
    /// 256 next states for each state, row after row, where `isFilled` says so.
    @usableFromInline var rows: [State] = []
    @usableFromInline var isFilled: [Bool] = []
    private var languages: [Language] = []
    private var accepting: [Bool] = []
    private var isLast: [Bool] = []
    private var states: [Language: State] = [:]

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
        accepting.append(table.isNullable(language))
        isFilled.append(false)
        isLast.append(true)
        rows.append(contentsOf: repeatElement(ByteAutomaton.dead, count: 256))
        return state
    }

    /// The state after `byte`. `state` is not dead.
    @inlinable public func next(_ state: State, _ byte: UInt8) -> State {
        if !isFilled[Int(state)] { fill(state) }
        return rows[Int(state) << 8 | Int(byte)]
    }

    /// Whether what was read is a text of the language.
    public func isAccepting(_ state: State) -> Bool { accepting[Int(state)] }

    /// Whether what was read is a text, and no longer one begins with it.
    public func isFinal(_ state: State) -> Bool {
        guard accepting[Int(state)] else { return false }
        if !isFilled[Int(state)] { fill(state) }
        return isLast[Int(state)]
    }

    public func language(of state: State) -> Language { languages[Int(state)] }

    @usableFromInline func fill(_ state: State) {
        for transition in table.derivatives(of: languages[Int(state)]) {
            let next = self.state(for: transition.next)
            for byte in transition.low...transition.high { rows[Int(state) << 8 | Int(byte)] = next }
            if next != ByteAutomaton.dead { isLast[Int(state)] = false }
        }
        isFilled[Int(state)] = true
    }
}
