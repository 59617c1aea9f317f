import Automata

/// Which property a key was: written after the key's closing quote into the language of keys, where no input can be.
///
/// The automaton forgets which of several words it read. The tag is a suffix of each word that is still to come when the word is
/// complete, so the state that is reached names the word.
enum KeyTag {
    /// Begins a tag; no UTF-8 text has this byte.
    static let mark: UInt8 = 0xF8

    static func bytes(_ number: Int) -> [UInt8] {
        [mark] + (0..<4).map { UInt8(0x80 + (number >> ($0 * 6)) & 0x3F) }
    }
}

/// Objects: which keys may come, and what their values must be.
extension JSONMachine {
    func closeObject(_ frame: Frame, _ result: inout [Thread]) {
        let progress = objects[frame.a]
        let plan = objectShapes[Int(progress.shape)]
        guard Int(progress.count) >= plan.shape.minimum, missing(progress) == 0 else { return }
        result.append(frame.parent)
    }

    /// Required names that have not been read.
    private func missing(_ progress: ObjectProgress) -> Int {
        let plan = objectShapes[Int(progress.shape)]
        guard plan.requiredCount > 0 else { return 0 }
        return plan.names.indices.count { plan.required[$0] && !progress.has($0) }
    }

    /// What keys may come next.
    struct KeyOffer {
        /// The automaton's state before one of the names; dead where none may come.
        var names: ByteAutomaton.State
        var allowsOthers: Bool

        static let none = KeyOffer(names: ByteAutomaton.dead, allowsOthers: false)
        var isEmpty: Bool { names == ByteAutomaton.dead && !allowsOthers }
    }

    func keys(after progress: ObjectProgress) -> KeyOffer {
        let plan = objectShapes[Int(progress.shape)]
        let missing = missing(progress)
        let room = plan.shape.maximum.map { $0 - Int(progress.count) } ?? .max
        guard room > 0 else { return .none }
        // With room for the required ones only, no other may come.
        let requiredOnly = room <= missing
        var names = [UInt64](repeating: 0, count: progress.seen.count)
        var first = 0
        var last = plan.names.count
        if options.propertyOrder == .declared {
            first = (plan.names.indices.last { progress.has($0) } ?? -1) + 1
            // Nothing may overtake the next name that has to come.
            last = plan.names.indices.first { $0 >= first && plan.required[$0] }.map { $0 + 1 } ?? last
        }
        for index in first..<max(first, last) where !progress.has(index) && (plan.required[index] || !requiredOnly) {
            names[index >> 6] |= 1 << UInt64(index & 63)
        }
        let overtakes = options.propertyOrder == .declared && missing > 0
        return KeyOffer(
            names: keyState(KeyChoice(shape: progress.shape, names: names)),
            allowsOthers: !requiredOnly && !overtakes && !plan.others.isEmpty)
    }

    private func keyState(_ choice: KeyChoice) -> ByteAutomaton.State {
        if let known = keyStates[choice] { return known }
        let plan = objectShapes[Int(choice.shape)]
        let table = compiler.table
        let quote = table.literal([UInt8(ascii: "\"")])
        var parts: [Language] = []
        for index in plan.names.indices where choice.names[index >> 6] >> UInt64(index & 63) & 1 == 1 {
            parts.append(table.sequence([plan.spellings[index], quote, table.literal(KeyTag.bytes(index))]))
        }
        let state = automaton.state(for: table.sequence(quote, table.union(parts)))
        keyStates[choice] = state
        return state
    }

    func beginKey(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        guard byte == UInt8(ascii: "\"") else { return }
        let progress = objects[frame.a]
        let offer = keys(after: progress)
        if offer.names != ByteAutomaton.dead {
            let next = automaton.next(offer.names, byte)
            result.append(self.frame(Frame(kind: .key, a: frame.a, b: next, parent: frame.parent)))
        }
        guard offer.allowsOthers else { return }
        let plan = objectShapes[Int(progress.shape)]
        let named = plan.named == ByteAutomaton.dead ? plan.named : automaton.next(plan.named, byte)
        for (index, other) in plan.others.enumerated() {
            let next = automaton.next(other.state, byte)
            result.append(self.frame(Frame(kind: .otherKey, a: frame.a, b: next, c: named, d: Int16(index), parent: frame.parent)))
        }
    }

    func key(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        guard byte < KeyTag.mark else { return }
        let next = automaton.next(frame.b, byte)
        guard next != ByteAutomaton.dead else { return }
        var moved = frame
        moved.b = next
        guard frame.kind == .otherKey else {
            result.append(mayLeaveLexeme(next) ? afterKey(moved) : self.frame(moved))
            return
        }
        if frame.c != ByteAutomaton.dead { moved.c = automaton.next(frame.c, byte) }
        guard automaton.isFinal(next) else {
            result.append(self.frame(moved))
            return
        }
        if let after = afterOtherKey(moved) { result.append(after) }
    }

    /// The colon's frame after a name, which the tag tells.
    func afterKey(_ frame: Frame) -> Thread {
        var number = 0
        var state = automaton.next(frame.b, KeyTag.mark)
        for place in 0..<4 {
            let digit = (UInt8(0x80)...0xBF).first { automaton.next(state, $0) != ByteAutomaton.dead } ?? 0x80
            state = automaton.next(state, digit)
            number |= Int(digit - 0x80) << (place * 6)
        }
        var progress = objects[frame.a]
        progress.seen[number >> 6] |= 1 << UInt64(number & 63)
        return colon(progress, objectShapes[Int(progress.shape)].nodes[number], parent: frame.parent)
    }

    /// The colon's frame after another key; nil where it was one of the names.
    func afterOtherKey(_ frame: Frame) -> Thread? {
        if frame.c != ByteAutomaton.dead, automaton.isAccepting(frame.c) { return nil }
        let progress = objects[frame.a]
        return colon(progress, objectShapes[Int(progress.shape)].others[Int(frame.d)].node, parent: frame.parent)
    }

    private func colon(_ before: ObjectProgress, _ node: SchemaNode, parent: Thread) -> Thread {
        var progress = before
        let plan = objectShapes[Int(progress.shape)]
        // Counted only as far as a limit can still be met or passed.
        let last = max(plan.shape.minimum, plan.shape.maximum ?? 0)
        progress.count = min(progress.count + 1, Int32(clamping: last))
        return self.frame(Frame(kind: .colon, a: objects.index(of: progress), b: node.index, parent: parent))
    }
}
