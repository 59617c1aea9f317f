import Automata

/// How much plain text a lexeme takes, whatever its characters: what makes the masks of JSON strings cheap.
final class PlainText {
    enum Reach: Equatable {
        /// Plain text of any length stays inside.
        case unlimited
        /// Plain text of so many characters does, and none longer.
        case exactly(Int)
        /// Plain text of all lengths that were tried does.
        case atLeast
        case unknown
    }

    private let machine: any GrammarMachine
    private let automaton: ByteAutomaton
    private let characters = ByteAutomaton()
    private let start: ByteAutomaton.State
    /// The states after one plain character: empty where none is taken, nil where some are and some are not.
    private var successors: [ByteAutomaton.State: Set<ByteAutomaton.State>?] = [:]

    /// States at one length, past which the question is given up.
    private static let maximumStates = 16

    init(machine: any GrammarMachine) {
        self.machine = machine
        automaton = machine.automaton
        let plain = ScalarSet.controls.union(ScalarSet("\"", "\\")).inverted
        start = characters.state(for: characters.table.language(.characters(plain)))
    }

    func reach(from state: ByteAutomaton.State, upTo longest: Int) -> Reach {
        var level: Set<ByteAutomaton.State> = [state]
        for length in 0..<longest {
            var next: Set<ByteAutomaton.State> = []
            var alive = 0
            for state in level {
                guard let reached = afterCharacter(state) else { return .unknown }
                if !reached.isEmpty { alive += 1 }
                next.formUnion(reached)
            }
            if alive == 0 { return .exactly(length) }
            guard alive == level.count, next.count <= Self.maximumStates, !next.contains(where: machine.mayLeaveLexeme) else {
                return .unknown
            }
            if next == level { return .unlimited }
            level = next
        }
        return .atLeast
    }

    private func afterCharacter(_ state: ByteAutomaton.State) -> Set<ByteAutomaton.State>? {
        if let known = successors[state] { return known }
        let made = follow(state)
        successors[state] = made
        return made
    }

    private func follow(_ first: ByteAutomaton.State) -> Set<ByteAutomaton.State>? {
        var result: Set<ByteAutomaton.State> = []
        var isPartial = false
        var isAlive = false
        var pairs: [(ByteAutomaton.State, ByteAutomaton.State)] = [(first, start)]
        var seen: Set<Int64> = []
        while let (state, character) = pairs.popLast() {
            for byte in UInt8.min...UInt8.max {
                let inCharacter = characters.next(character, byte)
                guard inCharacter != ByteAutomaton.dead else { continue }
                let next = automaton.next(state, byte)
                if next == ByteAutomaton.dead {
                    isPartial = true
                } else {
                    isAlive = true
                    if characters.isFinal(inCharacter) {
                        result.insert(next)
                    } else if seen.insert(Int64(next) << 32 | Int64(inCharacter)).inserted {
                        pairs.append((next, inCharacter))
                    }
                }
                if isPartial && isAlive { return nil }
            }
        }
        return result
    }
}
