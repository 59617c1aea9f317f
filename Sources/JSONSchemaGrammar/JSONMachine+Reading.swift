public import Automata

/// One byte further.
extension JSONMachine {
    public func advance(_ thread: Thread, _ byte: UInt8, into result: inout [Thread]) {
        guard !isExhausted else { return }
        let frame = frames[thread]
        switch frame.kind {
        case .scalar: scalar(frame, byte, &result)
        case .key, .otherKey: key(frame, byte, &result)
        default:
            if JSONMachine.isBlank(byte) { blank(frame, &result) } else { structure(frame, byte, &result) }
        }
    }

    public func canEnd(_ thread: Thread) -> Bool {
        let frame = frames[thread]
        switch frame.kind {
        case .done: return true
        case .scalar: return automaton.isAccepting(frame.a) && canEnd(frame.parent)
        default: return false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private func blank(_ frame: Frame, _ result: inout [Thread]) {
        var next = frame
        switch options.whitespace {
        case .none: return
        case .any: break
        case .upTo(let most):
            guard Int(frame.blanks) < most else { return }
            next.blanks += 1
        }
        result.append(self.frame(next))
    }

    private func structure(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        switch frame.kind {
        case .done, .scalar, .key, .otherKey: break
        case .value: value(SchemaNode(index: frame.a), recording: frame.b, byte, parent: frame.parent, &result)
        case .arrayOpen:
            if byte == UInt8(ascii: "]") { closeArray(frame, &result) } else { item(frame, byte, &result) }
        case .arrayAfterComma: item(frame, byte, &result)
        case .arrayAfterItem:
            if byte == UInt8(ascii: "]") { closeArray(frame, &result) }
            if byte == UInt8(ascii: ","), mayHaveItem(arrays[frame.a]) {
                result.append(self.frame(Frame(kind: .arrayAfterComma, a: frame.a, parent: frame.parent)))
            }
        case .objectOpen:
            if byte == UInt8(ascii: "}") { closeObject(frame, &result) } else { beginKey(frame, byte, &result) }
        case .objectAfterComma: beginKey(frame, byte, &result)
        case .colon:
            guard byte == UInt8(ascii: ":") else { return }
            let after = self.frame(Frame(kind: .objectAfterValue, a: frame.a, parent: frame.parent))
            result.append(self.frame(Frame(kind: .value, a: frame.b, parent: after)))
        case .objectAfterValue:
            if byte == UInt8(ascii: "}") { closeObject(frame, &result) }
            if byte == UInt8(ascii: ","), !keys(after: objects[frame.a]).isEmpty {
                result.append(self.frame(Frame(kind: .objectAfterComma, a: frame.a, parent: frame.parent)))
            }
        }
    }

    // MARK: - Values

    /// The first byte of a value. `recording` is not zero where the value's text must be remembered.
    private func value(_ node: SchemaNode, recording: Int32, _ byte: UInt8, parent: Thread, _ result: inout [Thread]) {
        let plan = plan(of: node)
        switch byte {
        case UInt8(ascii: "["):
            for shape in plan.arrays {
                let contained = [Int32](repeating: 0, count: arrayShapes[shape].contains.count)
                let progress = arrays.index(of: ArrayProgress(shape: shape, contained: contained))
                result.append(frame(Frame(kind: .arrayOpen, a: progress, parent: parent)))
            }
        case UInt8(ascii: "{"):
            for shape in plan.objects {
                let words = (objectShapes[Int(shape)].names.count + 63) / 64
                let progress = objects.index(of: ObjectProgress(shape: shape, seen: Array(repeating: 0, count: words)))
                result.append(frame(Frame(kind: .objectOpen, a: progress, parent: parent)))
            }
        default:
            var state = plan.scalar
            if recording != 0, state != ByteAutomaton.dead {
                let seen = arrays[frames[parent].a].seen
                state = automaton.state(for: compiler.table.difference(automaton.language(of: state), seen))
            }
            guard state != ByteAutomaton.dead else { return }
            let next = automaton.next(state, byte)
            guard next != ByteAutomaton.dead else { return }
            let text = recording == 0 ? 0 : texts.index(of: RecordedText(before: 0, byte: byte))
            result.append(afterScalar(Frame(kind: .scalar, a: next, b: text, parent: parent)))
        }
    }

    private func scalar(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        let next = automaton.next(frame.a, byte)
        if next != ByteAutomaton.dead {
            var moved = frame
            moved.a = next
            if frame.b != 0 { moved.b = texts.index(of: RecordedText(before: frame.b, byte: byte)) }
            result.append(afterScalar(moved))
        }
        if automaton.isAccepting(frame.a) { advance(leave(frame), byte, into: &result) }
    }

    /// The frame itself, or what comes after it where its text can only be complete.
    func afterScalar(_ frame: Frame) -> Thread {
        automaton.isFinal(frame.a) ? leave(frame) : self.frame(frame)
    }

    /// What comes after a scalar that ends here; an array that keeps its items apart learns what it was.
    func leave(_ scalar: Frame) -> Thread {
        guard scalar.b != 0 else { return scalar.parent }
        var after = frames[scalar.parent]
        var progress = arrays[after.a]
        progress.seen = compiler.table.union([progress.seen, everyWriting(ofTextAt: scalar.b)])
        after.a = arrays.index(of: progress)
        return frame(after)
    }

    // MARK: - Lexemes

    public func lexeme(of thread: Thread) -> ByteAutomaton.State? {
        let frame = frames[thread]
        return switch frame.kind {
        case .scalar: frame.a
        case .key, .otherKey: frame.b
        default: nil
        }
    }

    public func mayLeaveLexeme(_ state: ByteAutomaton.State) -> Bool {
        automaton.isAccepting(state) || automaton.next(state, KeyTag.mark) != ByteAutomaton.dead
    }

    public func isConditional(_ thread: Thread) -> Bool {
        let frame = frames[thread]
        return frame.kind == .otherKey && frame.c != ByteAutomaton.dead
    }

    public func threadAfterLexeme(_ thread: Thread, state: ByteAutomaton.State, bytes: [UInt8]) -> Thread? {
        var frame = frames[thread]
        switch frame.kind {
        case .key:
            frame.b = state
            return afterKey(frame)
        case .otherKey:
            for byte in bytes where frame.c != ByteAutomaton.dead { frame.c = automaton.next(frame.c, byte) }
            return afterOtherKey(frame)
        default:
            if frame.b != 0 {
                for byte in bytes { frame.b = texts.index(of: RecordedText(before: frame.b, byte: byte)) }
            }
            return leave(frame)
        }
    }

    public func structureBytes(of thread: Thread) -> ByteSet {
        let frame = frames[thread]
        let own: ByteSet
        switch frame.kind {
        case .done: own = .none
        case .scalar: own = JSONMachine.afterValue
        case .value, .arrayOpen, .arrayAfterComma: return .all
        case .arrayAfterItem: own = ByteSet([UInt8(ascii: ","), UInt8(ascii: "]")])
        case .objectOpen: own = ByteSet([UInt8(ascii: "\""), UInt8(ascii: "}")])
        case .objectAfterComma: own = ByteSet([UInt8(ascii: "\"")])
        case .key, .otherKey, .colon: own = ByteSet([UInt8(ascii: ":")])
        case .objectAfterValue: own = ByteSet([UInt8(ascii: ","), UInt8(ascii: "}")])
        }
        return options.whitespace == .none ? own : own.union(JSONMachine.blanks)
    }

    public func blankRoom(of thread: Thread) -> Int? {
        switch options.whitespace {
        case .none: 0
        case .any: .max
        case .upTo(let most): max(0, most - Int(frames[thread].blanks))
        }
    }

    private static let blanks = ByteSet([0x20, 0x0A, 0x0D, 0x09])
    private static let afterValue = ByteSet([UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")])
}
