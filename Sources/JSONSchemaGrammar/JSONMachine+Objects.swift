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

    /// The automaton's state before a key, dead where no further property may come.
    func keyState(_ progress: ObjectProgress) -> ByteAutomaton.State {
        let plan = objectShapes[Int(progress.shape)]
        let missing = missing(progress)
        var room = Int.max
        if let maximum = plan.shape.maximum { room = maximum - Int(progress.count) }
        guard room > 0 else { return ByteAutomaton.dead }
        // With room for the required ones only, no other may come.
        let requiredOnly = room <= missing
        var names = [UInt64](repeating: 0, count: progress.seen.count)
        var last = plan.names.count
        if options.propertyOrder == .declared {
            let read = plan.names.indices.last { progress.has($0) } ?? -1
            let nextRequired = plan.names.indices.first { $0 > read && plan.required[$0] } ?? plan.names.count
            for index in (read + 1)..<min(nextRequired + 1, plan.names.count) where plan.required[index] || !requiredOnly {
                names[index >> 6] |= 1 << UInt64(index & 63)
            }
            last = nextRequired
        } else {
            for index in plan.names.indices where !progress.has(index) && (plan.required[index] || !requiredOnly) {
                names[index >> 6] |= 1 << UInt64(index & 63)
            }
        }
        let othersMayCome = !requiredOnly && (options.propertyOrder == .any || last == plan.names.count)
        return keyState(KeyChoice(shape: progress.shape, names: names, allowsOthers: othersMayCome))
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
        if choice.allowsOthers {
            for (index, other) in plan.others.enumerated() {
                let tag = table.literal(KeyTag.bytes(plan.names.count + index))
                parts.append(table.sequence([other.keys, quote, tag]))
            }
        }
        let state = automaton.state(for: table.sequence(quote, table.union(parts)))
        keyStates[choice] = state
        return state
    }

    func beginKey(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        guard byte == UInt8(ascii: "\"") else { return }
        let state = keyState(objects[frame.a])
        guard state != ByteAutomaton.dead else { return }
        let next = automaton.next(state, byte)
        guard next != ByteAutomaton.dead else { return }
        result.append(self.frame(Frame(kind: .key, a: frame.a, b: next, parent: frame.parent)))
    }

    func key(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        guard byte < KeyTag.mark else { return }
        let next = automaton.next(frame.b, byte)
        guard next != ByteAutomaton.dead else { return }
        var moved = frame
        moved.b = next
        result.append(afterKey(moved))
    }

    /// The frame itself, or the colon's where the key is complete.
    func afterKey(_ frame: Frame) -> Thread {
        let tagged = automaton.next(frame.b, KeyTag.mark)
        guard tagged != ByteAutomaton.dead else { return self.frame(frame) }
        var number = 0
        var state = tagged
        for place in 0..<4 {
            let digit = (UInt8(0x80)...0xBF).first { automaton.next(state, $0) != ByteAutomaton.dead } ?? 0x80
            state = automaton.next(state, digit)
            number |= Int(digit - 0x80) << (place * 6)
        }
        var progress = objects[frame.a]
        let plan = objectShapes[Int(progress.shape)]
        let node: SchemaNode
        if number < plan.names.count {
            progress.seen[number >> 6] |= 1 << UInt64(number & 63)
            node = plan.nodes[number]
        } else {
            node = plan.others[number - plan.names.count].node
        }
        // Counted only as far as a limit can still be met or passed.
        let last = max(plan.shape.minimum, plan.shape.maximum ?? 0)
        progress.count = min(progress.count + 1, Int32(clamping: last))
        return self.frame(Frame(kind: .colon, a: objects.index(of: progress), b: node.index, parent: frame.parent))
    }
}
