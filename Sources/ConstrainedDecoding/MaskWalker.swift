import Automata

/// Walks the tree of tokens with the threads of a machine, and marks the tokens that a thread can take.
///
/// Tokens are taken by any thread, so the mask of many threads is the union of each one's.
final class MaskWalker {
    private let machine: any GrammarMachine
    private let table: TokenTable
    private let lexemes: LexemeMasks

    init(machine: any GrammarMachine, table: TokenTable) {
        self.machine = machine
        self.table = table
        lexemes = LexemeMasks(table: table, machine: machine)
    }

    /// A tree, and how many leading blanks a token may have had that the tree does not show.
    private struct Tree {
        let trie: TokenTrie
        var blankRoom: Int?
    }

    /// Marks what `thread`, which is settled, can take.
    func add(_ thread: GrammarMachine.Thread, to mask: inout TokenMask) {
        if let choice = machine.tokenChoice(of: thread) {
            for token in 0..<Int32(table.count) where table.choice(choice, has: token) { mask.insert(token) }
        } else if let state = machine.lexeme(of: thread) {
            add(thread, in: state, to: &mask)
        } else if let room = machine.blankRoom(of: thread) {
            for token in table.blankTokens where Int(table.blankCounts[Int(token)]) <= room { mask.insert(token) }
            walk(thread, Tree(trie: table.stripped, blankRoom: room), table.stripped.all, &mask)
        } else {
            walk(thread, Tree(trie: table.everything), table.everything.all, &mask)
        }
    }

    private func add(_ thread: GrammarMachine.Thread, in state: ByteAutomaton.State, to mask: inout TokenMask) {
        let entry = lexemes.entry(for: state)
        mask.formUnion(entry.inside)
        if machine.isConditional(thread) {
            for exit in entry.completions {
                let trie = lexemes.trie(exit.tree)
                let path = trie.path(to: Int(exit.node))
                guard machine.threadAfterLexeme(thread, state: exit.state, bytes: path) != nil else { continue }
                for token in trie.tokens(at: Int(exit.node)) { mask.insert(token) }
            }
        } else {
            mask.formUnion(entry.completing)
        }
        let following = machine.structureBytes(of: thread)
        for exit in entry.exits {
            let trie = lexemes.trie(exit.tree)
            let node = Int(exit.node)
            guard goesOn(trie, node, with: following) else { continue }
            guard let after = machine.threadAfterLexeme(thread, state: exit.state, bytes: trie.path(to: node)) else { continue }
            for each in machine.settled(after) { walk(each, Tree(trie: trie), trie.subtree(of: node), &mask) }
        }
        // The lexeme may also be over already: what stands after it begins with the token.
        guard machine.mayLeaveLexeme(state), let after = machine.threadAfterLexeme(thread, state: state, bytes: []) else { return }
        for each in machine.settled(after) { add(each, to: &mask) }
    }

    private func goesOn(_ trie: TokenTrie, _ node: Int, with bytes: ByteSet) -> Bool {
        var child = node + 1
        let end = Int(trie.ends[node])
        while child < end {
            if bytes.contains(trie.bytes[child]) { return true }
            child = Int(trie.ends[child])
        }
        return false
    }

    private func mark(_ tree: Tree, _ node: Int, _ mask: inout TokenMask) {
        for token in tree.trie.tokens(at: node) {
            if let room = tree.blankRoom, Int(table.blankCounts[Int(token)]) > room { continue }
            mask.insert(token)
        }
    }

    /// Tokens of a part of a tree that a settled thread can take, byte by byte.
    private func walk(_ thread: GrammarMachine.Thread, _ tree: Tree, _ range: Range<Int>, _ mask: inout TokenMask) {
        if let state = machine.lexeme(of: thread) {
            walk(thread, in: state, tree, range, &mask)
            return
        }
        let possible = machine.structureBytes(of: thread)
        var node = range.lowerBound
        while node < range.upperBound {
            if possible.contains(tree.trie.bytes[node]) {
                var next: [GrammarMachine.Thread] = []
                machine.advance(thread, tree.trie.bytes[node], into: &next)
                if !next.isEmpty {
                    mark(tree, node, &mask)
                    let below = tree.trie.subtree(of: node)
                    if !below.isEmpty {
                        for each in Set(next.flatMap { machine.settled($0) }) { walk(each, tree, below, &mask) }
                    }
                }
            }
            node = Int(tree.trie.ends[node])
        }
    }

    /// The same inside a lexeme, where the automaton alone decides until it is left.
    private func walk(
        _ thread: GrammarMachine.Thread, in start: ByteAutomaton.State, _ tree: Tree, _ range: Range<Int>, _ mask: inout TokenMask
    ) {
        guard let first = range.first else { return }
        let trie = tree.trie
        let automaton = machine.automaton
        let following = machine.structureBytes(of: thread)
        let isConditional = machine.isConditional(thread)
        let base = Int(trie.depths[first])
        var states = [start]
        var path: [UInt8] = []
        var node = first
        while node < range.upperBound {
            let depth = Int(trie.depths[node]) - base
            let next = automaton.next(states[depth], trie.bytes[node])
            guard next != ByteAutomaton.dead else {
                node = Int(trie.ends[node])
                continue
            }
            states.removeSubrange((depth + 1)...)
            states.append(next)
            path.removeSubrange(depth...)
            path.append(trie.bytes[node])
            let mayLeave = machine.mayLeaveLexeme(next)
            if mayLeave && isConditional {
                if let after = machine.threadAfterLexeme(thread, state: next, bytes: path) {
                    mark(tree, node, &mask)
                    for each in machine.settled(after) { walk(each, tree, trie.subtree(of: node), &mask) }
                }
            } else {
                mark(tree, node, &mask)
                if mayLeave, goesOn(trie, node, with: following),
                    let after = machine.threadAfterLexeme(thread, state: next, bytes: path)
                {
                    for each in machine.settled(after) { walk(each, tree, trie.subtree(of: node), &mask) }
                }
            }
            node += 1
        }
        if machine.mayLeaveLexeme(start), let after = machine.threadAfterLexeme(thread, state: start, bytes: []) {
            for each in machine.settled(after) { walk(each, tree, range, &mask) }
        }
    }
}
