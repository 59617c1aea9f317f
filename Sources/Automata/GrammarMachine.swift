/// A recogniser of texts byte by byte: what a compiled grammar is, whatever it was written in.
///
/// A *thread* is one way to read what has been read: a stack of unfinished parts, kept once and named by a number. A text is
/// right as long as one of its threads lives. Most of a thread's life is spent inside a *lexeme* (a string, a number, a word), which
/// is a regular language with nothing to remember on the stack; there the thread is a state of `automaton` and the way on after it.
public protocol GrammarMachine: AnyObject {
    typealias Thread = Int32

    /// The automaton of all lexemes.
    var automaton: ByteAutomaton { get }

    /// The threads before the first byte.
    var start: [Thread] { get }

    /// Appends the threads after `byte`, none where it is wrong. `result` may come to hold one twice.
    func advance(_ thread: Thread, _ byte: UInt8, into result: inout [Thread])

    /// Whether the text may end here.
    func canEnd(_ thread: Thread) -> Bool

    /// The threads that stand for `thread` once all that needs no byte has been done; most machines do it as they go.
    func settled(_ thread: Thread) -> [Thread]

    /// The state of the lexeme the thread is in, nil between lexemes.
    func lexeme(of thread: Thread) -> ByteAutomaton.State?

    /// Whether a lexeme in this state may end before the next byte, so that what stands after it may begin. States that can go no
    /// further than their end count too.
    func mayLeaveLexeme(_ state: ByteAutomaton.State) -> Bool

    /// The thread between lexemes that `thread` becomes when `bytes` have led its lexeme to `state`, which it may leave; nil where
    /// what was read may not stand here after all.
    func threadAfterLexeme(_ thread: Thread, state: ByteAutomaton.State, bytes: [UInt8]) -> Thread?

    /// Whether `threadAfterLexeme` may be nil, so that complete lexemes have to be asked about one by one.
    func isConditional(_ thread: Thread) -> Bool

    /// Bytes outside this set cannot come next, between lexemes, and after the lexeme of a thread inside one.
    func structureBytes(of thread: Thread) -> ByteSet

    /// How many blanks may come first, whatever else may; nil where blanks mean nothing of their own. Only between lexemes.
    func blankRoom(of thread: Thread) -> Int?

    /// The tokens that a thread waits for as tokens, not by their bytes: GBNF's `<think>`.
    func tokenChoice(of thread: Thread) -> TokenChoice?

    /// The thread after a token of its choice.
    func threadAfterToken(_ thread: Thread) -> Thread

    /// A limit was met on the way (table, stack, threads); texts are refused from then on.
    var isExhausted: Bool { get }
}

/// A token by its number or by its whole text; or, negated, any other.
public struct TokenChoice: Hashable, Sendable {
    public enum Token: Hashable, Sendable {
        case id(Int32)
        case text(String)
    }

    public var token: Token
    public var isNegated: Bool

    public init(token: Token, isNegated: Bool) {
        self.token = token
        self.isNegated = isNegated
    }
}

extension GrammarMachine {
    public func settled(_ thread: Thread) -> [Thread] { [thread] }
    public func isConditional(_ thread: Thread) -> Bool { false }
    public func structureBytes(of thread: Thread) -> ByteSet { .all }
    public func blankRoom(of thread: Thread) -> Int? { nil }
    public func tokenChoice(of thread: Thread) -> TokenChoice? { nil }
    public func threadAfterToken(_ thread: Thread) -> Thread { thread }
}
