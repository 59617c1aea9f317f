import Automata

/// Which tokens a lexeme can take whole, and where in the tree tokens leave it: worked out once for each state of the automaton.
final class LexemeMasks {
    struct Entry {
        /// Tokens after which the lexeme can go on.
        var inside: TokenMask
        /// Tokens that complete it.
        var completing: TokenMask
        /// Nodes at which it may be left with more of a token to come.
        var exits: [Exit] = []
        /// Nodes whose tokens complete it.
        var completions: [Exit] = []
    }

    struct Exit {
        var tree: Tree
        var node: Int32
        var state: ByteAutomaton.State
    }

    enum Tree { case everything, others, longPlain }

    private let table: TokenTable
    private let machine: any GrammarMachine
    private let automaton: ByteAutomaton
    private let plain: PlainText
    private var entries: [ByteAutomaton.State: Entry] = [:]

    /// States remembered; an entry of a vocabulary of 128,256 tokens is 32 KiB.
    private static let rememberedStates = 2_048

    init(table: TokenTable, machine: any GrammarMachine) {
        self.table = table
        self.machine = machine
        automaton = machine.automaton
        plain = PlainText(machine: machine)
    }

    func trie(_ tree: Tree) -> TokenTrie {
        switch tree {
        case .everything: table.everything
        case .others: table.others
        case .longPlain: table.longPlain
        }
    }

    func entry(for state: ByteAutomaton.State) -> Entry {
        if let known = entries[state] { return known }
        let made = make(state)
        if entries.count >= Self.rememberedStates { entries.removeAll(keepingCapacity: true) }
        entries[state] = made
        return made
    }

    private func make(_ state: ByteAutomaton.State) -> Entry {
        let none = TokenMask(tokenCount: table.count)
        var entry = Entry(inside: none, completing: none)
        switch plain.reach(from: state, upTo: TokenTable.longestPlain) {
        case .unlimited:
            entry.inside = table.plain
            walk(.others, state, &entry)
        case .exactly(let length):
            entry.inside = table.plainUpTo[length]
            walk(.others, state, &entry)
        case .atLeast:
            entry.inside = table.plainUpTo[TokenTable.longestPlain]
            walk(.others, state, &entry)
            walk(.longPlain, state, &entry)
        case .unknown:
            walk(.everything, state, &entry)
        }
        return entry
    }

    private func walk(_ tree: Tree, _ start: ByteAutomaton.State, _ entry: inout Entry) {
        let trie = trie(tree)
        var states = [start]
        var node = 0
        let count = trie.bytes.count
        while node < count {
            let depth = Int(trie.depths[node])
            let next = automaton.next(states[depth - 1], trie.bytes[node])
            guard next != ByteAutomaton.dead else {
                node = Int(trie.ends[node])
                continue
            }
            if depth < states.count { states[depth] = next } else { states.append(next) }
            let first = Int(trie.tokenStarts[node])
            let last = Int(trie.tokenStarts[node + 1])
            if machine.mayLeaveLexeme(next) {
                let exit = Exit(tree: tree, node: Int32(node), state: next)
                if automaton.isFinal(next) {
                    for index in first..<last { entry.completing.insert(trie.tokens[index]) }
                    if first < last { entry.completions.append(exit) }
                } else {
                    for index in first..<last { entry.inside.insert(trie.tokens[index]) }
                }
                if Int(trie.ends[node]) > node + 1 { entry.exits.append(exit) }
            } else {
                for index in first..<last { entry.inside.insert(trie.tokens[index]) }
            }
            node += 1
        }
    }
}
