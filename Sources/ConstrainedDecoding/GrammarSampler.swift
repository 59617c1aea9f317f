public import Automata

/// Texts of a grammar, made without a model: the shortest, and random ones.
public struct GrammarSampler {
    private let machine: any GrammarMachine
    /// Threads looked at before a search for an end is given up.
    private let budget: Int

    public init(_ machine: any GrammarMachine, budget: Int = 200_000) {
        self.machine = machine
        self.budget = budget
    }

    /// A shortest text, nil where none is found within the budget.
    public func shortest() -> [UInt8]? { completion(of: machine.start) }

    /// The fewest bytes that end the text, found breadth first.
    private func completion(of threads: [GrammarMachine.Thread]) -> [UInt8]? {
        var seen = Set(threads)
        var steps = threads.map { (thread: $0, before: -1, byte: UInt8(0)) }
        var index = 0
        while index < steps.count, index < budget {
            let thread = steps[index].thread
            if machine.canEnd(thread) {
                var bytes: [UInt8] = []
                var step = index
                while steps[step].before >= 0 {
                    bytes.append(steps[step].byte)
                    step = steps[step].before
                }
                return bytes.reversed()
            }
            for byte in Self.bytes {
                var next: [GrammarMachine.Thread] = []
                machine.advance(thread, byte, into: &next)
                for each in next where seen.insert(each).inserted { steps.append((each, index, byte)) }
            }
            index += 1
        }
        return nil
    }

    /// A text of random bytes, brought to its nearest end once it is `length` bytes long; nil where no end is found.
    public func random(length: Int, using random: inout some RandomNumberGenerator) -> [UInt8]? {
        var threads = machine.start
        var text: [UInt8] = []
        while text.count < length {
            // Ends are taken now and then: some grammars have texts of all lengths.
            if threads.contains(where: { machine.canEnd($0) }), Int.random(in: 0..<8, using: &random) == 0 { return text }
            guard let (byte, next) = step(from: threads, using: &random) else { break }
            text.append(byte)
            threads = next
        }
        return completion(of: threads).map { text + $0 }
    }

    private func step(
        from threads: [GrammarMachine.Thread], using random: inout some RandomNumberGenerator
    ) -> (UInt8, [GrammarMachine.Thread])? {
        // Letters and signs first: blanks, escapes and other scripts are right nearly everywhere and tell little.
        for bytes in [Self.usual, Self.bytes] {
            for byte in bytes.shuffled(using: &random) {
                var next: [GrammarMachine.Thread] = []
                for thread in threads { machine.advance(thread, byte, into: &next) }
                if !next.isEmpty { return (byte, Constraint.distinct(next)) }
            }
        }
        return nil
    }

    private static let usual = Array("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_.,:;/@+*()[]{}<>=!?\"'".utf8)
    /// All bytes, letters before blanks and these before the rest: of texts as short as each other the first found is the plainest.
    private static let bytes = usual + (UInt8.min...UInt8.max).filter { !usual.contains($0) }

    /// A text after which blanks may follow for ever without anything having changed: a model may get lost there.
    ///
    /// Blanks of a lexeme in which much else may stand, as in a string, do not count.
    public func endlessBlanks() -> [UInt8]? {
        guard let text = shortest() else { return nil }
        var threads = machine.start
        for (index, byte) in text.enumerated() {
            if threads.contains(where: repeatsBlanks) { return Array(text[..<index]) }
            var next: [GrammarMachine.Thread] = []
            for thread in threads { machine.advance(thread, byte, into: &next) }
            threads = Constraint.distinct(next)
        }
        return threads.contains(where: repeatsBlanks) ? text : nil
    }

    private func repeatsBlanks(_ thread: GrammarMachine.Thread) -> Bool {
        for blank in " \n\t".utf8 {
            var threads = [thread]
            // A count of blanks makes another thread each time; one that comes back has none.
            for _ in 0..<2 {
                var next: [GrammarMachine.Thread] = []
                for each in threads { machine.advance(each, blank, into: &next) }
                if !Set(next).isDisjoint(with: threads), next.allSatisfy({ others(after: $0) < Self.manyBytes }) { return true }
                threads = Constraint.distinct(next)
            }
        }
        return false
    }

    /// Where so many bytes may follow one is inside a text of its own.
    private static let manyBytes = 60

    private func others(after thread: GrammarMachine.Thread) -> Int {
        (UInt8.min...UInt8.max).count { byte in
            var next: [GrammarMachine.Thread] = []
            machine.advance(thread, byte, into: &next)
            return !next.isEmpty
        }
    }
}
