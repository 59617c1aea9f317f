import Automata

/// Which property a key was: written after the key's closing quote into the language of keys, where no input can be.
///
/// The automaton forgets which of several words it read. The tag is a suffix of each word that is still to come when the word is
/// complete, so the state that is reached names the word.
enum KeyTag {
    static func bytes(_ number: Int) -> [UInt8] {
        [LanguageTable.tagMark] + (0..<4).map { UInt8(0x80 + (number >> ($0 * 6)) & 0x3F) }
    }
}

/// Objects: which keys may come, and what their values must be.
extension JSONMachine {
    func closeObject(_ frame: Frame, _ result: inout [Thread]) {
        let progress = objects[frame.a]
        let plan = objectShapes[Int(progress.shape)]
        guard Int(progress.count) >= plan.shape.minimum, missing(progress) == 0, progress.met == plan.allMet else { return }
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
        let names = plan.names.indices.filter { choice.names[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
        let table = compiler.table
        let state = automaton.state(for: table.sequence(table.jsonQuote, table.union(names.map { plan.spellings[$0] })))
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
            let named = other.mayBeNamed ? named : ByteAutomaton.dead
            result.append(self.frame(Frame(kind: .otherKey, a: frame.a, b: next, c: named, d: Int16(index), parent: frame.parent)))
        }
    }

    func key(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        guard byte < LanguageTable.tagMark else { return }
        let next = automaton.next(frame.b, byte)
        guard next != ByteAutomaton.dead else { return }
        var moved = frame
        moved.b = next
        guard frame.kind == .otherKey else {
            result.append(automaton.traits(next).contains(.mayEnd) ? afterKey(moved) : self.frame(moved))
            return
        }
        if frame.c != ByteAutomaton.dead { moved.c = automaton.next(frame.c, byte) }
        guard automaton.traits(next).contains(.isFinal) else {
            result.append(self.frame(moved))
            return
        }
        if moved.c == ByteAutomaton.dead || !automaton.isAccepting(moved.c) { result.append(afterOtherKey(moved)) }
    }

    /// The colon's frame after a name, which the tag tells.
    func afterKey(_ frame: Frame) -> Thread {
        var number = 0
        var state = automaton.next(frame.b, LanguageTable.tagMark)
        for place in 0..<4 {
            let digit = (UInt8(0x80)...0xBF).first { automaton.next(state, $0) != ByteAutomaton.dead } ?? 0x80
            state = automaton.next(state, digit)
            number |= Int(digit - 0x80) << (place * 6)
        }
        var progress = objects[frame.a]
        progress.seen[number >> 6] |= 1 << UInt64(number & 63)
        let plan = objectShapes[Int(progress.shape)]
        return colon(progress, plan.nodes[number], plan.options[number], parent: frame.parent)
    }

    /// The colon's frame after a key that is none of the names.
    func afterOtherKey(_ frame: Frame) -> Thread {
        let progress = objects[frame.a]
        let other = objectShapes[Int(progress.shape)].others[Int(frame.d)]
        return colon(progress, other.node, other.options, parent: frame.parent)
    }

    private func colon(_ before: ObjectProgress, _ node: SchemaNode, _ options: Int32, parent: Thread) -> Thread {
        var progress = before
        let plan = objectShapes[Int(progress.shape)]
        // Counted only as far as a limit can still be met or passed.
        let last = max(plan.shape.minimum, plan.shape.maximum ?? 0)
        progress.count = min(progress.count + 1, Int32(clamping: last))
        return self.frame(
            Frame(kind: .colon, a: objects.index(of: progress), b: node.index, c: options, parent: parent))
    }

    /// After a key's colon: the value as it is, and for each of the key's options the value that meets it.
    func values(_ frame: Frame, _ result: inout [Thread]) {
        func value(_ progress: Int32, _ node: Int32) {
            let after = self.frame(Frame(kind: .objectAfterValue, a: progress, parent: frame.parent))
            result.append(self.frame(Frame(kind: .value, a: node, parent: after)))
        }
        let progress = objects[frame.a]
        if canMeetAll(progress) { value(frame.a, frame.b) }
        for option in keyOptions[frame.c] where option.bits & ~progress.met != 0 {
            var met = progress
            met.met |= option.bits
            if canMeetAll(met) { value(objects.index(of: met), option.node.index) }
        }
    }
}
