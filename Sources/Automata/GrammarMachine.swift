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

    /// The state of the lexeme the thread is in, nil between lexemes.
    func lexeme(of thread: Thread) -> ByteAutomaton.State?

    /// Whether a lexeme in this state may end before the next byte, so that what stands after it may begin. States that can go no
    /// further than their end count too.
    func mayLeaveLexeme(_ state: ByteAutomaton.State) -> Bool

    /// The thread between lexemes that `thread` becomes when `bytes` have led its lexeme to `state`, which it may leave.
    func threadAfterLexeme(_ thread: Thread, state: ByteAutomaton.State, bytes: [UInt8]) -> Thread

    /// A limit was met on the way (table, stack, threads); texts are refused from then on.
    var isExhausted: Bool { get }
}
