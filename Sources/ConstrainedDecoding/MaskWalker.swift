import Automata

/// Walks the trees of tokens with the threads of a machine, and marks the tokens that a thread can take.
///
/// Tokens are taken by any thread, so the mask of many threads is the union of each one's.
final class MaskWalker {
    private let machine: any GrammarMachine
    private let automaton: ByteAutomaton
    private let table: TokenTable
    private let lexemes: LexemeMasks
    /// Tokens that close a string and whose rest a thread can take, by the thread after the string.
    private var suffixMasks: [GrammarMachine.Thread: TokenMask] = [:]

    private static let rememberedSuffixes = 256
    /// Up to so many tokens are read one by one rather than all suffixes walked.
    private static let fewTokens = 24

    init(machine: any GrammarMachine, table: TokenTable) {
        self.machine = machine
        automaton = machine.automaton
        self.table = table
        lexemes = LexemeMasks(table: table, automaton: machine.automaton)
    }

    /// Marks what `thread`, which is settled, can take.
    func add(_ thread: GrammarMachine.Thread, to mask: inout TokenMask) {
        if let choice = machine.tokenChoice(of: thread) {
            for token in 0..<Int32(table.count) where table.choice(choice, has: token) { mask.insert(token) }
        } else if let state = machine.lexeme(of: thread) {
            add(thread, in: state, to: &mask)
        } else if let room = machine.blankRoom(of: thread) {
            addStripped(thread, blankRoom: room, to: &mask)
        } else {
            walk(TreeWalk(tree: table.everything, origin: thread), thread, table.everything.all, &mask)
        }
    }

    /// Between lexemes, where tokens may begin with up to `room` blanks.
    private func addStripped(_ thread: GrammarMachine.Thread, blankRoom room: Int, to mask: inout TokenMask) {
        let tree = table.stripped
        let most = table.byBlanks.first.map { Int(table.blankCounts[Int($0)]) } ?? 0
        guard room < most else {
            mask.insert(table.blankTokens[...])
            walk(TreeWalk(tree: tree, origin: thread), thread, tree.all, &mask)
            return
        }
        var own = TokenMask(tokenCount: table.count)
        own.insert(table.blankTokens[...])
        walk(TreeWalk(tree: tree, origin: thread), thread, tree.all, &own)
        for token in table.byBlanks {
            guard Int(table.blankCounts[Int(token)]) > room else { break }
            own.remove(token)
        }
        mask.formUnion(own)
    }

    // MARK: - Tokens that begin inside a lexeme

    private func add(_ thread: GrammarMachine.Thread, in state: ByteAutomaton.State, to mask: inout TokenMask) {
        guard let exclusion = machine.exclusion(of: thread) else {
            addUnexcluded(thread, in: state, to: &mask)
            return
        }
        var own = TokenMask(tokenCount: table.count)
        addUnexcluded(thread, in: state, to: &own)
        let tree = table.everything
        automaton.walk(tree, tree.all, from: exclusion) { node, _, traits in
            guard traits.contains(.accepts) else { return true }
            for token in tree.texts[tree.texts(through: node)] { own.remove(token) }
            return false
        }
        mask.formUnion(own)
    }

    private func addUnexcluded(_ thread: GrammarMachine.Thread, in state: ByteAutomaton.State, to mask: inout TokenMask) {
        let entry = lexemes.entry(for: state)
        let isDoubtful = machine.scrutiny(of: thread) == .everything
        for tokens in entry.inside {
            // Strings of many tokens go on for long enough that an end will be found.
            guard isDoubtful, case .few(let few) = tokens else {
                tokens.insert(into: &mask)
                continue
            }
            for token in few where machine.takes(table.texts[token], from: thread) { mask.insert(token) }
        }
        for closing in entry.closings { add(closing, of: thread, to: &mask) }
        var after = Continuations(machine: machine, thread: thread)
        for exit in entry.exits {
            leave(TreeWalk(tree: exit.tree, origin: thread), exit.node, exit.state, isFinal: exit.isFinal, &after, &mask)
        }
        // The lexeme may also be over already: what stands after it begins with the token.
        let isExcluded = machine.exclusion(of: thread).map { automaton.isAccepting($0) } ?? false
        guard automaton.traits(state).contains(.mayEnd), !isExcluded else { return }
        for each in machine.settled(machine.ended(thread)) { add(each, to: &mask) }
    }

    private func add(_ closing: LexemeMasks.Closing, of thread: GrammarMachine.Thread, to mask: inout TokenMask) {
        let after = machine.threadAfterLexeme(thread, state: closing.state)
        let scrutiny = machine.scrutiny(of: thread)
        if case .few(let tokens) = closing.tokens, tokens.count <= Self.fewTokens {
            for token in tokens where !mask.contains(token) {
                let text = table.texts[token]
                let rest = text.dropFirst(Int(table.strings.closingLengths[Int(token)]))
                if scrutiny == .none ? machine.takes(rest, from: after) : machine.takes(text, from: thread) { mask.insert(token) }
            }
            return
        }
        let allowed = suffixMask(after)
        guard scrutiny != .none else {
            closing.tokens.insert(allowedBy: allowed, into: &mask)
            return
        }
        // What comes after depends on the text: those that come far enough for it are looked at one by one.
        var own = TokenMask(tokenCount: table.count)
        closing.tokens.insert(allowedBy: allowed, into: &own)
        for token in own.tokens where scrutiny == .everything || table.strings.reachesFarther.contains(token) {
            if !machine.takes(table.texts[token], from: thread) { own.remove(token) }
        }
        mask.formUnion(own)
    }

    private func suffixMask(_ thread: GrammarMachine.Thread) -> TokenMask {
        if let known = suffixMasks[thread] { return known }
        var mask = table.strings.closingExactly
        let tree = table.strings.suffixes
        for each in machine.settled(thread) { walk(TreeWalk(tree: tree, origin: each), each, tree.all, &mask) }
        if suffixMasks.count >= Self.rememberedSuffixes { suffixMasks.removeAll(keepingCapacity: true) }
        suffixMasks[thread] = mask
        return mask
    }

    // MARK: - Parts of trees

    /// A tree, and the thread at its root.
    private struct TreeWalk {
        let tree: ByteTree
        let origin: GrammarMachine.Thread
    }

    private func mark(_ tree: ByteTree, _ node: Int, _ mask: inout TokenMask) {
        let range = tree.texts(at: node)
        if !range.isEmpty { mask.insert(tree.texts[range]) }
    }

    /// Tokens of a part of a tree that a settled thread can take, byte by byte.
    private func walk(_ walk: TreeWalk, _ thread: GrammarMachine.Thread, _ range: Range<Int>, _ mask: inout TokenMask) {
        if let state = machine.lexeme(of: thread) {
            self.walk(walk, thread, in: state, range, &mask)
            return
        }
        let tree = walk.tree
        let nodes = tree.nodes
        let possible = machine.structureBytes(of: thread)
        var next: [GrammarMachine.Thread] = []
        var node = range.lowerBound
        while node < range.upperBound {
            if possible.contains(nodes[node].byte) {
                next.removeAll(keepingCapacity: true)
                machine.advance(thread, nodes[node].byte, into: &next)
                if !next.isEmpty {
                    mark(tree, node, &mask)
                    let below = tree.subtree(of: node)
                    if !below.isEmpty { for each in machine.settled(next) { self.walk(walk, each, below, &mask) } }
                }
            }
            node = Int(nodes[node].end)
        }
    }

    /// The same inside a lexeme, where the automaton alone decides until it is left.
    private func walk(
        _ walk: TreeWalk, _ thread: GrammarMachine.Thread, in start: ByteAutomaton.State, _ range: Range<Int>,
        _ mask: inout TokenMask
    ) {
        let tree = walk.tree
        let excluded = excludedNodes(thread, tree, range)
        var exits: [(node: Int, state: ByteAutomaton.State, isFinal: Bool)] = []
        let nodes = tree.nodes
        let texts = tree.texts
        automaton.walk(tree, range, from: start) { node, state, traits in
            let isFinal = traits.contains(.isFinal)
            if traits.contains(.mayEnd) { exits.append((node, state, isFinal)) }
            if !isFinal { for index in nodes[node].firstText..<nodes[node + 1].firstText { mask.insert(texts[Int(index)]) } }
            return !isFinal
        }
        var after = Continuations(machine: machine, thread: thread)
        for exit in exits where !excluded.contains(exit.node) {
            leave(walk, exit.node, exit.state, isFinal: exit.isFinal, &after, &mask)
        }
        let isExcluded = machine.exclusion(of: thread).map { automaton.isAccepting($0) } ?? false
        guard automaton.traits(start).contains(.mayEnd), !isExcluded else { return }
        for each in machine.settled(machine.ended(thread)) { self.walk(walk, each, range, &mask) }
    }

    /// Tokens at a place where a lexeme may end, and below it.
    private func leave(
        _ walk: TreeWalk, _ node: Int, _ state: ByteAutomaton.State, isFinal: Bool, _ after: inout Continuations,
        _ mask: inout TokenMask
    ) {
        let below = walk.tree.subtree(of: node)
        switch machine.scrutiny(of: after.thread) {
        case .none: if isFinal { mark(walk.tree, node, &mask) }
        case .continuation:
            if isFinal { mark(walk.tree, node, &mask) }
            verify(walk, walk.tree.texts(in: below), &mask)
            return
        case .everything:
            verify(walk, walk.tree.texts(through: node), &mask)
            return
        }
        guard !below.isEmpty else { return }
        let continuation = after[state]
        guard walk.tree.goesOn(node, with: continuation.bytes) else { return }
        for each in continuation.settled { self.walk(walk, each, below, &mask) }
    }

    /// Reads tokens one by one from the root.
    private func verify(_ walk: TreeWalk, _ range: Range<Int>, _ mask: inout TokenMask) {
        for token in walk.tree.texts[range] where !mask.contains(token) {
            let isSuffix = walk.tree === table.strings.suffixes
            let text = table.texts[token].dropFirst(isSuffix ? Int(table.strings.closingLengths[Int(token)]) : 0)
            if machine.takes(text, from: walk.origin) { mask.insert(token) }
        }
    }

    /// Where the lexeme would be a text that it may not be.
    private func excludedNodes(_ thread: GrammarMachine.Thread, _ tree: ByteTree, _ range: Range<Int>) -> Set<Int> {
        guard let exclusion = machine.exclusion(of: thread) else { return [] }
        var nodes: Set<Int> = []
        automaton.walk(tree, range, from: exclusion) { node, _, traits in
            if traits.contains(.accepts) { nodes.insert(node) }
            return true
        }
        return nodes
    }
}
