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

    /// The thread between lexemes that `thread` becomes when its lexeme ends in `state`.
    ///
    /// Where the thread is under scrutiny what comes after depends on the lexeme's text too; then this is the thread as if the text
    /// were not looked at, which lets through whatever any text does.
    func threadAfterLexeme(_ thread: Thread, state: ByteAutomaton.State) -> Thread

    /// The thread between lexemes when the lexeme, which may end, ends where it has come to.
    func ended(_ thread: Thread) -> Thread

    /// The state, after what was read of the lexeme, in the language of the texts that it may not turn out to be; nil where there
    /// are none. Whatever else the lexeme may be goes on for ever, so that only its end has to be looked at.
    func exclusion(of thread: Thread) -> ByteAutomaton.State?

    /// What must be read byte by byte because the automaton alone does not decide it.
    func scrutiny(of thread: Thread) -> LexemeScrutiny

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

/// How much of what follows a thread inside a lexeme depends on more than the lexeme's language.
public enum LexemeScrutiny: Sendable {
    case none
    /// What comes after the lexeme.
    case continuation
    /// Its end too.
    case everything
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
    public func exclusion(of thread: Thread) -> ByteAutomaton.State? { nil }
    public func scrutiny(of thread: Thread) -> LexemeScrutiny { .none }
    public func structureBytes(of thread: Thread) -> ByteSet { .all }
    public func blankRoom(of thread: Thread) -> Int? { nil }
    public func tokenChoice(of thread: Thread) -> TokenChoice? { nil }
    public func threadAfterToken(_ thread: Thread) -> Thread { thread }
}
