public import Automata

/// Holds the tokens of a generation to a grammar: says which may come next, and follows the one that was taken.
///
/// Not thread-safe; one constraint belongs to one generation.
public final class Constraint {
    public let machine: any GrammarMachine
    public let table: TokenTable
    private let walker: MaskWalker
    /// The threads after each token, the last at the end.
    private var history: [[GrammarMachine.Thread]]
    private var masks: [[GrammarMachine.Thread]: TokenMask] = [:]

    /// Masks kept; a mask of 128,256 tokens is 16 KiB.
    private static let rememberedMasks = 512
    /// Ways of reading the same text at once, past which a grammar is given up.
    private static let maximumThreads = 32_768

    public init(machine: any GrammarMachine, table: TokenTable) {
        self.machine = machine
        self.table = table
        walker = MaskWalker(machine: machine, table: table)
        history = [Constraint.distinct(machine.start)]
    }

    /// Back to the start, keeping what was worked out.
    public func restart() { history.removeSubrange(1...) }

    private var threads: [GrammarMachine.Thread] { history[history.count - 1] }

    /// Whether the text may end here.
    public var canEnd: Bool { threads.contains { machine.canEnd($0) } }

    /// Tokens accepted so far.
    public var tokenCount: Int { history.count - 1 }

    /// Takes a token. False, and nothing changes, where it is not among those the mask allows.
    public func accept(_ token: Int32) -> Bool {
        if table.endTokens.contains(token) { return canEnd }
        var next = threads.flatMap { machine.settled($0) }.compactMap { thread -> GrammarMachine.Thread? in
            guard let choice = machine.tokenChoice(of: thread), table.choice(choice, has: token) else { return nil }
            return machine.threadAfterToken(thread)
        }
        let bytes = table.bytes(of: token)
        if !bytes.isEmpty { next += read(bytes) }
        guard !next.isEmpty else { return false }
        history.append(Constraint.distinct(next))
        return true
    }

    /// Takes bytes as if they were one token.
    public func accept(bytes: [UInt8]) -> Bool {
        let next = read(bytes)
        guard !next.isEmpty else { return false }
        history.append(next)
        return true
    }

    /// The threads after some bytes, none where they are wrong.
    private func read(_ bytes: [UInt8]) -> [GrammarMachine.Thread] {
        var current = threads
        for byte in bytes {
            var next: [GrammarMachine.Thread] = []
            for thread in current { machine.advance(thread, byte, into: &next) }
            guard !next.isEmpty, next.count <= Constraint.maximumThreads else { return [] }
            current = Constraint.distinct(next)
        }
        return current
    }

    /// Takes back the last `count` tokens: a draft's that was not accepted.
    public func rollBack(_ count: Int) { history.removeLast(min(count, history.count - 1)) }

    /// Bytes that must come next whatever the model says; empty where there is a choice or the text may end.
    public func forcedBytes(limit: Int = 256) -> [UInt8] { onlyBytes(limit: limit, skippingBlanks: false) }

    /// Bytes that come next if the model writes no blanks where it may, up to a place where blanks are usual.
    public func likelyBytes(limit: Int = 64) -> [UInt8] { onlyBytes(limit: limit, skippingBlanks: true) }

    private static let blanks = ByteSet([0x20, 0x0A, 0x0D, 0x09])
    /// After these most writers put a blank.
    private static let beforeBlanks = ByteSet([UInt8(ascii: ":"), UInt8(ascii: ",")])

    private func onlyBytes(limit: Int, skippingBlanks: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var current = threads
        while bytes.count < limit, !current.contains(where: { machine.canEnd($0) }) {
            var only: (byte: UInt8, next: [GrammarMachine.Thread])?
            for byte in possibleBytes(current, skippingBlanks: skippingBlanks).elements {
                var next: [GrammarMachine.Thread] = []
                for thread in current { machine.advance(thread, byte, into: &next) }
                guard !next.isEmpty else { continue }
                guard only == nil else { return bytes }
                only = (byte, next)
            }
            guard let only else { return bytes }
            bytes.append(only.byte)
            current = Constraint.distinct(only.next)
            if skippingBlanks, Self.beforeBlanks.contains(only.byte), !isInsideLexeme(current) { return bytes }
        }
        return bytes
    }

    private func isInsideLexeme(_ threads: [GrammarMachine.Thread]) -> Bool {
        threads.contains { machine.lexeme(of: $0) != nil }
    }

    /// Bytes that may come next, and perhaps some that may not. Tokens that are waited for as tokens have none.
    private func possibleBytes(_ threads: [GrammarMachine.Thread], skippingBlanks: Bool) -> ByteSet {
        var bytes = ByteSet.none
        for thread in threads.flatMap({ machine.settled($0) }) {
            guard machine.tokenChoice(of: thread) == nil else { return .none }
            let structure = machine.structureBytes(of: thread)
            let own = skippingBlanks ? structure.intersection(Self.blanks.inverted) : structure
            guard let state = machine.lexeme(of: thread) else {
                bytes = bytes.union(own)
                continue
            }
            bytes = bytes.union(machine.automaton.nextBytes(state))
            if machine.automaton.traits(state).contains(.mayEnd) { bytes = bytes.union(own) }
        }
        return bytes
    }

    /// The tokens that may come next, those that end the text included where it may end.
    public func mask() -> TokenMask {
        let threads = threads
        if let known = masks[threads] { return known }
        var mask = TokenMask(tokenCount: table.count)
        for thread in Set(threads.flatMap { machine.settled($0) }) { walker.add(thread, to: &mask) }
        // Tokens that end a text have no other meaning, whatever a grammar's `.` or negation would let through.
        for token in table.endTokens { if canEnd { mask.insert(token) } else { mask.remove(token) } }
        if masks.count >= Constraint.rememberedMasks { masks.removeAll(keepingCapacity: true) }
        masks[threads] = mask
        return mask
    }

    static func distinct(_ threads: [GrammarMachine.Thread]) -> [GrammarMachine.Thread] {
        threads.count < 2 ? threads : Set(threads).sorted()
    }
}
