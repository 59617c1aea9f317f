import Automata

/// What a thread becomes when its lexeme ends, by the state in which it does.
struct Continuations {
    struct Continuation {
        var settled: [GrammarMachine.Thread]
        /// What may come next, whichever of the threads it is.
        var bytes: ByteSet
    }

    let machine: any GrammarMachine
    let thread: GrammarMachine.Thread
    private var known: [ByteAutomaton.State: Continuation] = [:]

    init(machine: any GrammarMachine, thread: GrammarMachine.Thread) {
        self.machine = machine
        self.thread = thread
    }

    subscript(_ state: ByteAutomaton.State) -> Continuation {
        mutating get {
            if let made = known[state] { return made }
            let settled = machine.settled(machine.threadAfterLexeme(thread, state: state))
            let bytes = settled.reduce(ByteSet.none) { bytes, each in
                if let inside = machine.lexeme(of: each) { return bytes.union(machine.automaton.nextBytes(inside)) }
                return bytes.union(machine.structureBytes(of: each))
            }
            let made = Continuation(settled: settled, bytes: bytes)
            known[state] = made
            return made
        }
    }
}

extension GrammarMachine {
    /// The threads that several stand for, each once.
    func settled(_ threads: [Thread]) -> [Thread] {
        if threads.count == 1 { return settled(threads[0]) }
        return Array(Set(threads.flatMap { settled($0) }))
    }

    /// Whether some bytes can be read from a thread.
    func takes(_ bytes: ArraySlice<UInt8>, from thread: Thread) -> Bool {
        var threads = [thread]
        for byte in bytes {
            var next: [Thread] = []
            for each in threads { advance(each, byte, into: &next) }
            if next.isEmpty { return false }
            threads = Constraint.distinct(next)
        }
        return true
    }
}
