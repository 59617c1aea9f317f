import Automata

/// Which tokens a lexeme can take whole, and where in the tree tokens leave it: worked out once for each state of the automaton.
final class LexemeMasks {
    struct Entry {
        /// Tokens after which the lexeme can go on; they may also be right by what they leave it for.
        var inside: [TokenSet] = []
        /// Tokens that come to the end of a JSON string, by the state there. What they have after its quote is in the vocabulary's
        /// tree of suffixes.
        var closings: [Closing] = []
        /// Other places at which it may be left.
        var exits: [Exit] = []
    }

    struct Closing {
        var state: ByteAutomaton.State
        var tokens: TokenSet
    }

    struct Exit {
        var node: Int
        var state: ByteAutomaton.State
        var tree: ByteTree
        /// Whether the lexeme cannot go on there: tokens that end at the node are not among those inside.
        var isFinal: Bool
    }

    private let table: TokenTable
    private let automaton: ByteAutomaton
    private let plain: PlainText
    private var entries: [ByteAutomaton.State: Entry] = [:]

    /// States remembered; few entries of a vocabulary of 128,256 tokens are more than 32 KiB.
    private static let rememberedStates = 1_024

    init(table: TokenTable, automaton: ByteAutomaton) {
        self.table = table
        self.automaton = automaton
        plain = PlainText(automaton: automaton)
    }

    func entry(for state: ByteAutomaton.State) -> Entry {
        if let known = entries[state] { return known }
        let made = make(state)
        if entries.count >= Self.rememberedStates { entries.removeAll(keepingCapacity: true) }
        entries[state] = made
        return made
    }

    private func make(_ state: ByteAutomaton.State) -> Entry {
        if let characters = automaton.table.charactersBeforeQuote(automaton.language(of: state)) {
            return string(characters)
        }
        if let relaxed = relaxedEntry(state) { return relaxed }
        if plain.staysInPlainText(state) { return walked(state, table.plain.others, [.many(table.plain.tokens)]) }
        if plain.staysInWords(state) { return walked(state, table.words.others, [.many(table.words.tokens)]) }
        return walked(state, table.everything, [])
    }

    /// A string of any characters, so many of them: looked up.
    private func string(_ characters: LanguageTable.CharacterCount) -> Entry {
        let inside = table.strings.inside.tokens(least: 0, most: characters.most)
        let closing = table.strings.closing.tokens(least: characters.least, most: characters.most)
        // Every string comes to the same end.
        let end = automaton.state(for: .empty)
        return Entry(inside: [.many(inside)], closings: [Closing(state: end, tokens: .many(closing))])
    }

    /// Where a count is far from its end, short tokens are those of the language without the count, which many states share; only the
    /// long ones are walked for the state itself.
    private func relaxedEntry(_ state: ByteAutomaton.State) -> Entry? {
        guard let relaxed = automaton.table.relaxed(automaton.language(of: state)),
            let (_, slice) = table.byBytes.first(where: { $0.most <= relaxed.room })
        else { return nil }
        let common = automaton.state(for: relaxed.language)
        guard common != ByteAutomaton.dead, common != state else { return nil }
        let short = entry(for: common)
        guard short.exits.isEmpty else { return nil }
        var entry = walked(state, slice.others, short.inside.map { $0.filtered(by: slice.tokens) })
        for closing in short.closings {
            entry.closings.append(Closing(state: closing.state, tokens: closing.tokens.filtered(by: slice.tokens)))
        }
        return entry
    }

    private func walked(_ start: ByteAutomaton.State, _ tree: ByteTree, _ known: [TokenSet]) -> Entry {
        var entry = Entry(inside: known)
        var inside: [Int32] = []
        var closings: [ByteAutomaton.State: [Int32]] = [:]
        var exits: [Exit] = []
        let nodes = tree.nodes
        let texts = tree.texts
        let closingLengths = table.strings.closingLengths
        automaton.walk(tree, tree.all, from: start) { node, state, traits in
            let first = Int(nodes[node].firstText)
            let isFinal = traits.contains(.isFinal)
            // The whole subtree closes where its first token does: both depend on the path alone.
            if isFinal, closingLengths[Int(texts[first])] == nodes[node].depth {
                closings[state, default: []] += texts[tree.texts(through: node)]
                return false
            }
            if traits.contains(.mayEnd) { exits.append(Exit(node: node, state: state, tree: tree, isFinal: isFinal)) }
            if !isFinal { for index in first..<Int(nodes[node + 1].firstText) { inside.append(texts[index]) } }
            return !isFinal
        }
        entry.exits = exits
        entry.inside.append(TokenSet(inside, tokenCount: table.count))
        entry.closings = closings.map { Closing(state: $0.key, tokens: TokenSet($0.value, tokenCount: table.count)) }
        return entry
    }
}
