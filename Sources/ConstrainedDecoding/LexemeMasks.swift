import Automata

/// Which tokens a lexeme can take whole, and where in the tree tokens leave it: worked out once for each state of the automaton.
final class LexemeMasks {
    struct Entry {
        /// Tokens that stay inside the lexeme.
        var inside: TokenMask
        /// Nodes at which the lexeme may be left with more of a token to come.
        var exits: [Exit]
    }

    struct Exit {
        /// In the tree of tokens that are not plain text, rather than in that of all.
        var isAmongOthers: Bool
        var node: Int32
        var state: ByteAutomaton.State
    }

    private let table: TokenTable
    private let machine: any GrammarMachine
    private let automaton: ByteAutomaton
    private var entries: [ByteAutomaton.State: Entry] = [:]
    private let plainText = ByteAutomaton()
    private let plainStart: ByteAutomaton.State
    private var states: [ByteAutomaton.State] = []

    init(table: TokenTable, machine: any GrammarMachine) {
        self.table = table
        self.machine = machine
        automaton = machine.automaton
        let plain = ScalarSet.controls.union(ScalarSet("\"", "\\")).inverted
        plainStart = plainText.state(for: plainText.table.language(.characters(plain)))
    }

    func entry(for state: ByteAutomaton.State) -> Entry {
        if let known = entries[state] { return known }
        let made = make(state)
        entries[state] = made
        return made
    }

    private func make(_ state: ByteAutomaton.State) -> Entry {
        var entry = Entry(inside: TokenMask(tokenCount: table.count), exits: [])
        switch plainReach(from: state) {
        case .all:
            entry.inside = table.plain
            walk(table.others, isAmongOthers: true, state, &entry)
        case .exactly(let length):
            entry.inside = table.plainUpTo[length]
            walk(table.others, isAmongOthers: true, state, &entry)
        case .unknown:
            walk(table.everything, isAmongOthers: false, state, &entry)
        }
        return entry
    }

    private func walk(_ trie: TokenTrie, isAmongOthers: Bool, _ start: ByteAutomaton.State, _ entry: inout Entry) {
        if states.isEmpty { states = [ByteAutomaton.State](repeating: 0, count: Int(UInt16.max) + 1) }
        states[0] = start
        var node = 0
        let count = trie.bytes.count
        while node < count {
            let depth = Int(trie.depths[node])
            let next = automaton.next(states[depth - 1], trie.bytes[node])
            guard next != ByteAutomaton.dead else {
                node = Int(trie.ends[node])
                continue
            }
            states[depth] = next
            for token in trie.tokens(at: node) { entry.inside.insert(token) }
            if Int(trie.ends[node]) > node + 1, machine.mayLeaveLexeme(next) {
                entry.exits.append(Exit(isAmongOthers: isAmongOthers, node: Int32(node), state: next))
            }
            node += 1
        }
    }

    // MARK: - Plain text

    private enum PlainReach {
        /// Plain text of any length stays inside.
        case all
        /// Plain text of so many characters does, and none longer.
        case exactly(Int)
        case unknown
    }

    /// How much plain text a state takes, whatever its characters: followed character by character through the states that all
    /// plain characters lead to.
    private func plainReach(from start: ByteAutomaton.State) -> PlainReach {
        var level: Set<ByteAutomaton.State> = [start]
        for length in 0..<TokenTable.longestPlain {
            var next: Set<ByteAutomaton.State> = []
            var alive = 0
            for state in level {
                switch afterPlainCharacter(state) {
                case .none: return .unknown
                case .some(let reached):
                    if !reached.isEmpty { alive += 1 }
                    next.formUnion(reached)
                }
            }
            if alive == 0 { return .exactly(length) }
            guard alive == level.count, !next.contains(where: machine.mayLeaveLexeme), next.count <= 8 else { return .unknown }
            if next.isSubset(of: level) && level.count == next.count { return .all }
            level = next
        }
        return .unknown
    }

    /// The states after one plain character: empty where none is taken, nil where some are and some are not.
    private func afterPlainCharacter(_ start: ByteAutomaton.State) -> Set<ByteAutomaton.State>? {
        var result: Set<ByteAutomaton.State> = []
        var isPartial = false
        var pairs: [(ByteAutomaton.State, ByteAutomaton.State)] = [(start, plainStart)]
        var seen: Set<Int64> = []
        while let (state, plain) = pairs.popLast() {
            for byte in UInt8.min...UInt8.max {
                let plainNext = plainText.next(plain, byte)
                guard plainNext != ByteAutomaton.dead else { continue }
                let next = automaton.next(state, byte)
                if next == ByteAutomaton.dead {
                    isPartial = true
                } else if plainText.isAccepting(plainNext) {
                    result.insert(next)
                } else if seen.insert(Int64(next) << 32 | Int64(plainNext)).inserted {
                    pairs.append((next, plainNext))
                }
            }
            if isPartial && !result.isEmpty { return nil }
        }
        if isPartial && !seen.isEmpty { return nil }
        return result
    }
}
