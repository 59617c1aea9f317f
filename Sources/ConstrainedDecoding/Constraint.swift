public import Automata

/// Holds the tokens of a generation to a grammar: says which may come next, and follows the one that was taken.
///
/// Not thread-safe; one constraint belongs to one generation.
public final class Constraint {
    public let machine: any GrammarMachine
    public let table: TokenTable
    private let lexemes: LexemeMasks
    /// The threads after each token, the last at the end.
    private var history: [[GrammarMachine.Thread]]
    private var masks: [[GrammarMachine.Thread]: TokenMask] = [:]

    /// Masks kept; a mask of 128,256 tokens is 16 KiB.
    private static let rememberedMasks = 512
    /// Ways of reading the same text at once, past which a grammar is given up.
    private static let maximumThreads = 4_096

    public init(machine: any GrammarMachine, table: TokenTable) {
        self.machine = machine
        self.table = table
        lexemes = LexemeMasks(table: table, machine: machine)
        history = [Constraint.distinct(machine.start)]
    }

    /// A constraint at the same place of the same grammar, sharing what was worked out.
    private var threads: [GrammarMachine.Thread] { history[history.count - 1] }

    /// Whether the text may end here.
    public var canEnd: Bool { threads.contains { machine.canEnd($0) } }

    /// Tokens accepted so far.
    public var tokenCount: Int { history.count - 1 }

    /// Takes a token. False, and nothing changes, where it is not among those the mask allows.
    public func accept(_ token: Int32) -> Bool {
        if table.endTokens.contains(token) { return canEnd }
        let bytes = table.bytes(of: token)
        return !bytes.isEmpty && accept(bytes: bytes)
    }

    /// Takes bytes as if they were one token.
    public func accept(bytes: [UInt8]) -> Bool {
        var current = threads
        for byte in bytes {
            var next: [GrammarMachine.Thread] = []
            for thread in current { machine.advance(thread, byte, into: &next) }
            guard !next.isEmpty, next.count <= Constraint.maximumThreads else { return false }
            current = Constraint.distinct(next)
        }
        history.append(current)
        return true
    }

    /// Takes back the last `count` tokens: a draft's that was not accepted.
    public func rollBack(_ count: Int) { history.removeLast(min(count, history.count - 1)) }

    /// Bytes that must come next whatever the model says; empty where there is a choice or the text may end.
    public func forcedBytes(limit: Int = 256) -> [UInt8] {
        var forced: [UInt8] = []
        var current = threads
        while forced.count < limit, !current.contains(where: { machine.canEnd($0) }) {
            var only: (byte: UInt8, next: [GrammarMachine.Thread])?
            for byte in UInt8.min...UInt8.max {
                var next: [GrammarMachine.Thread] = []
                for thread in current { machine.advance(thread, byte, into: &next) }
                guard !next.isEmpty else { continue }
                guard only == nil else { return forced }
                only = (byte, next)
            }
            guard let only else { return forced }
            forced.append(only.byte)
            current = Constraint.distinct(only.next)
        }
        return forced
    }

    /// The tokens that may come next, those that end the text included where it may end.
    public func mask() -> TokenMask {
        let threads = threads
        if let known = masks[threads] { return known }
        var mask = TokenMask(tokenCount: table.count)
        for thread in threads { add(thread, to: &mask) }
        if canEnd { for token in table.endTokens { mask.insert(token) } }
        if masks.count >= Constraint.rememberedMasks { masks.removeAll(keepingCapacity: true) }
        masks[threads] = mask
        return mask
    }

    // MARK: - Walking

    private func add(_ thread: GrammarMachine.Thread, to mask: inout TokenMask) {
        guard let state = machine.lexeme(of: thread) else {
            walk(thread, table.everything, table.everything.all, &mask)
            return
        }
        let entry = lexemes.entry(for: state)
        mask.formUnion(entry.inside)
        for exit in entry.exits {
            let trie = exit.isAmongOthers ? table.others : table.everything
            let node = Int(exit.node)
            let after = machine.threadAfterLexeme(thread, state: exit.state, bytes: trie.path(to: node))
            walk(after, trie, trie.subtree(of: node), &mask)
        }
        if machine.mayLeaveLexeme(state) {
            let after = machine.threadAfterLexeme(thread, state: state, bytes: [])
            walk(after, table.everything, table.everything.all, &mask)
        }
    }

    /// Tokens of a part of the tree that a thread can take, byte by byte.
    private func walk(_ thread: GrammarMachine.Thread, _ trie: TokenTrie, _ range: Range<Int>, _ mask: inout TokenMask) {
        if let state = machine.lexeme(of: thread) {
            walk(thread, in: state, trie, range, &mask)
            return
        }
        var node = range.lowerBound
        while node < range.upperBound {
            var next: [GrammarMachine.Thread] = []
            machine.advance(thread, trie.bytes[node], into: &next)
            if !next.isEmpty {
                for token in trie.tokens(at: node) { mask.insert(token) }
                let below = trie.subtree(of: node)
                if !below.isEmpty { for each in Constraint.distinct(next) { walk(each, trie, below, &mask) } }
            }
            node = Int(trie.ends[node])
        }
    }

    /// The same inside a lexeme, where the automaton alone decides until it is left.
    private func walk(
        _ thread: GrammarMachine.Thread, in start: ByteAutomaton.State, _ trie: TokenTrie, _ range: Range<Int>,
        _ mask: inout TokenMask
    ) {
        guard let first = range.first else { return }
        let automaton = machine.automaton
        let base = Int(trie.depths[first]) - 1
        var states = [start]
        var path: [UInt8] = []
        var node = first
        while node < range.upperBound {
            let depth = Int(trie.depths[node]) - 1 - base
            let next = automaton.next(states[depth], trie.bytes[node])
            guard next != ByteAutomaton.dead else {
                node = Int(trie.ends[node])
                continue
            }
            states.removeSubrange((depth + 1)...)
            states.append(next)
            path.removeSubrange(depth...)
            path.append(trie.bytes[node])
            for token in trie.tokens(at: node) { mask.insert(token) }
            if Int(trie.ends[node]) > node + 1, machine.mayLeaveLexeme(next) {
                let after = machine.threadAfterLexeme(thread, state: next, bytes: path)
                walk(after, trie, trie.subtree(of: node), &mask)
            }
            node += 1
        }
        if machine.mayLeaveLexeme(start) {
            walk(machine.threadAfterLexeme(thread, state: start, bytes: []), trie, range, &mask)
        }
    }

    private static func distinct(_ threads: [GrammarMachine.Thread]) -> [GrammarMachine.Thread] {
        threads.count < 2 ? threads : Set(threads).sorted()
    }
}
