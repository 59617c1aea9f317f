public import Automata

/// Reads the texts of a grammar of rules, of a regular expression, or of a list of words.
public final class RuleMachine: GrammarMachine {
    public let automaton: ByteAutomaton
    private let alternatives: [[[RuleProductions.Item]]]
    /// Each place in an alternative: the alternative's items from there on.
    private var positions: [ArraySlice<RuleProductions.Item>] = []
    private var positionIndices: [Place: Int32] = [:]
    private var frames: [Frame] = []
    private var frameIndices: [Frame: Thread] = [:]
    private var closures: [Thread: [Thread]] = [:]
    private var choices: [TokenChoice] = []
    private var failed = false
    private let startThread: Thread

    private struct Place: Hashable {
        var rule: Int
        var alternative: Int
        var item: Int
    }

    private struct Frame: Hashable {
        enum Kind: UInt8 { case done, position, lexeme, token }
        var kind: Kind
        /// Index of the position, state of the automaton, or index of the token's choice.
        var a: Int32 = 0
        var parent: Thread = 0
    }

    private static let done: Thread = 0
    private static let maximumFrames = 4_000_000

    public convenience init(_ grammar: GrammarRules) {
        let table = LanguageTable()
        let productions = RuleProductions(grammar, table: table)
        self.init(alternatives: productions.alternatives, root: productions.root, table: table)
    }

    /// The texts that a regular expression (ECMA-262) matches as a whole.
    public convenience init(expression: String) throws(PatternError) {
        let table = LanguageTable()
        self.init(language: table.language(try .matching(expression)), table: table)
    }

    /// One of the texts.
    public convenience init(choices: [String]) {
        let table = LanguageTable()
        self.init(language: table.literals(choices.map { Array($0.utf8) }), table: table)
    }

    private convenience init(language: Language, table: LanguageTable) {
        let isNullable = table.isNullable(language)
        let own = isNullable ? table.difference(language, .empty) : language
        self.init(alternatives: [[[.lexeme(own, canSkip: isNullable)]]], root: 0, table: table)
    }

    private init(alternatives: [[[RuleProductions.Item]]], root: Int, table: LanguageTable) {
        self.alternatives = alternatives
        automaton = ByteAutomaton(table: table)
        frames = [Frame(kind: .done)]
        frameIndices = [Frame(kind: .done): RuleMachine.done]
        // The root rule as the one item of a place of its own.
        positions = [[.rule(root)][...]]
        frames.append(Frame(kind: .position, a: 0, parent: RuleMachine.done))
        frameIndices[frames[1]] = 1
        startThread = 1
    }

    public var start: [Thread] { [startThread] }
    public var isExhausted: Bool { failed || automaton.table.isExhausted }

    // MARK: - Reading

    public func advance(_ thread: Thread, _ byte: UInt8, into result: inout [Thread]) {
        guard !isExhausted else { return }
        let frame = frames[Int(thread)]
        switch frame.kind {
        case .done, .token: return
        case .position: for each in settled(thread) { advance(each, byte, into: &result) }
        case .lexeme:
            let next = automaton.next(frame.a, byte)
            if next != ByteAutomaton.dead {
                let isFinal = automaton.traits(next).contains(.isFinal)
                result.append(isFinal ? frame.parent : intern(Frame(kind: .lexeme, a: next, parent: frame.parent)))
            }
            if automaton.isAccepting(frame.a) { advance(frame.parent, byte, into: &result) }
        }
    }

    public func canEnd(_ thread: Thread) -> Bool {
        let frame = frames[Int(thread)]
        return switch frame.kind {
        case .done: true
        case .position: settled(thread).contains(RuleMachine.done)
        case .lexeme: automaton.isAccepting(frame.a) && canEnd(frame.parent)
        case .token: false
        }
    }

    public func lexeme(of thread: Thread) -> ByteAutomaton.State? {
        let frame = frames[Int(thread)]
        return frame.kind == .lexeme ? frame.a : nil
    }

    public func threadAfterLexeme(_ thread: Thread, state: ByteAutomaton.State) -> Thread { frames[Int(thread)].parent }

    public func ended(_ thread: Thread) -> Thread { frames[Int(thread)].parent }

    public func tokenChoice(of thread: Thread) -> TokenChoice? {
        let frame = frames[Int(thread)]
        return frame.kind == .token ? choices[Int(frame.a)] : nil
    }

    public func threadAfterToken(_ thread: Thread) -> Thread { frames[Int(thread)].parent }

    /// The lexemes that may begin at a place, and `done` where the text may end there.
    public func settled(_ thread: Thread) -> [Thread] {
        if let known = closures[thread] { return known }
        var seen: Set<Thread> = [thread]
        var queue = [thread]
        var result: [Thread] = []
        while let next = queue.popLast() {
            let frame = frames[Int(next)]
            guard frame.kind == .position else {
                result.append(next)
                continue
            }
            for step in steps(frame) where seen.insert(step).inserted { queue.append(step) }
        }
        let sorted = result.sorted()
        closures[thread] = sorted
        return sorted
    }

    /// What a place leads to before anything is read.
    private func steps(_ frame: Frame) -> [Thread] {
        let rest = positions[Int(frame.a)]
        guard let item = rest.first else { return [frame.parent] }
        // The last item of an alternative goes on where the alternative does: lists do not deepen the stack.
        let after =
            rest.count == 1
            ? frame.parent : intern(Frame(kind: .position, a: position(rest.dropFirst(), after: frame.a), parent: frame.parent))
        switch item {
        case .lexeme(let language, let canSkip):
            let state = automaton.state(for: language)
            let lexeme = state == ByteAutomaton.dead ? [] : [intern(Frame(kind: .lexeme, a: state, parent: after))]
            return canSkip ? lexeme + [after] : lexeme
        case .token(let choice):
            let index = choices.firstIndex(of: choice) ?? choices.count
            if index == choices.count { choices.append(choice) }
            return [intern(Frame(kind: .token, a: Int32(index), parent: after))]
        case .rule(let rule):
            return alternatives[rule].indices.map { alternative in
                let place = Place(rule: rule, alternative: alternative, item: 0)
                return intern(Frame(kind: .position, a: position(alternatives[rule][alternative][...], place), parent: after))
            }
        }
    }

    private var following: [Int32: Int32] = [:]

    private func position(_ rest: ArraySlice<RuleProductions.Item>, after index: Int32) -> Int32 {
        if let known = following[index] { return known }
        let made = Int32(positions.count)
        positions.append(rest)
        following[index] = made
        return made
    }

    private func position(_ rest: ArraySlice<RuleProductions.Item>, _ place: Place) -> Int32 {
        if let known = positionIndices[place] { return known }
        let made = Int32(positions.count)
        positions.append(rest)
        positionIndices[place] = made
        return made
    }

    private func intern(_ frame: Frame) -> Thread {
        if let known = frameIndices[frame] { return known }
        guard frames.count < RuleMachine.maximumFrames else {
            failed = true
            return RuleMachine.done
        }
        let thread = Thread(frames.count)
        frames.append(frame)
        frameIndices[frame] = thread
        return thread
    }
}
