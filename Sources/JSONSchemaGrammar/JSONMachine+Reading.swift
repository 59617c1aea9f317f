public import Automata

/// One byte further.
extension JSONMachine {
    public func advance(_ thread: Thread, _ byte: UInt8, into result: inout [Thread]) {
        guard !isExhausted else { return }
        let frame = frames[thread]
        if frame.recording == 0 { step(frame, byte, &result) } else { recordingStep(frame, byte, &result) }
    }

    /// One byte further in a frame without a recording.
    func step(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
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
        case .scalar: return automaton.isAccepting(frame.a) && !isExcluded(frame) && canEnd(frame.parent)
        default: return false
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

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
                let comma = Frame(kind: .arrayAfterComma, a: frame.a, parent: frame.parent)
                if canBegin(comma) { result.append(self.frame(comma)) }
            }
        case .objectOpen:
            if byte == UInt8(ascii: "}") { closeObject(frame, &result) } else { beginKey(frame, byte, &result) }
        case .objectAfterComma: beginKey(frame, byte, &result)
        case .colon:
            if byte == UInt8(ascii: ":") { values(frame, &result) }
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
                let open = Frame(kind: .arrayOpen, a: progress, parent: parent)
                if let thread = begunUnlessDoomed(open, recording: recording, byte) { result.append(thread) }
            }
        case UInt8(ascii: "{"):
            for shape in plan.objects {
                let words = (objectShapes[Int(shape)].names.count + 63) / 64
                let progress = objects.index(of: ObjectProgress(shape: shape, seen: Array(repeating: 0, count: words)))
                let open = Frame(kind: .objectOpen, a: progress, parent: parent)
                if let thread = begunUnlessDoomed(open, recording: recording, byte) { result.append(thread) }
            }
        default:
            guard plan.scalar != ByteAutomaton.dead else { return }
            guard recording == 0 else {
                recordedScalar(plan, byte, parent: parent, &result)
                return
            }
            let next = automaton.next(plan.scalar, byte)
            guard next != ByteAutomaton.dead else { return }
            result.append(afterScalar(Frame(kind: .scalar, a: next, c: ByteAutomaton.dead, parent: parent)))
        }
    }

    /// The first byte of an item that must differ from those before it.
    private func recordedScalar(_ plan: ValuePlan, _ byte: UInt8, parent: Thread, _ result: inout [Thread]) {
        let seen = arrays[frames[parent].a].seen
        let isOpen = byte == UInt8(ascii: "\"") && plan.openString != ByteAutomaton.dead
        var state = isOpen ? plan.openString : itemState(plan, seen: seen)
        var excluded = isOpen ? automaton.state(for: seen) : ByteAutomaton.dead
        if state != ByteAutomaton.dead { state = automaton.next(state, byte) }
        guard state != ByteAutomaton.dead else { return }
        if excluded != ByteAutomaton.dead { excluded = automaton.next(excluded, byte) }
        let text = texts.index(of: RecordedText(before: 0, byte: byte))
        result.append(afterScalar(Frame(kind: .scalar, a: state, b: text, c: excluded, parent: parent)))
    }

    /// Where a scalar begins that is none of those seen.
    func itemState(_ plan: ValuePlan, seen: Language) -> ByteAutomaton.State {
        guard plan.scalar != ByteAutomaton.dead else { return ByteAutomaton.dead }
        return automaton.state(for: compiler.table.difference(automaton.language(of: plan.scalar), seen))
    }

    private func scalar(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        let next = automaton.next(frame.a, byte)
        if next != ByteAutomaton.dead {
            var moved = frame
            moved.a = next
            if frame.b != 0 { moved.b = texts.index(of: RecordedText(before: frame.b, byte: byte)) }
            if frame.c != ByteAutomaton.dead { moved.c = automaton.next(frame.c, byte) }
            if !automaton.traits(next).contains(.isFinal) {
                result.append(self.frame(moved))
            } else if !isExcluded(moved) {
                result.append(leave(moved))
            }
        }
        if automaton.isAccepting(frame.a), !isExcluded(frame) { advance(leave(frame), byte, into: &result) }
    }

    private func isExcluded(_ scalar: Frame) -> Bool { scalar.c != ByteAutomaton.dead && automaton.isAccepting(scalar.c) }

    /// The frame itself, or what comes after it where its text can only be complete.
    private func afterScalar(_ frame: Frame) -> Thread {
        automaton.traits(frame.a).contains(.isFinal) ? leave(frame) : self.frame(frame)
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

    public func threadAfterLexeme(_ thread: Thread, state: ByteAutomaton.State) -> Thread {
        var frame = frames[thread]
        frame.recording = 0
        switch frame.kind {
        case .key:
            frame.b = state
            return afterKey(frame)
        case .otherKey: return afterOtherKey(frame)
        default: return frame.parent
        }
    }

    public func ended(_ thread: Thread) -> Thread {
        var frame = frames[thread]
        let recording = frame.recording
        frame.recording = 0
        let after = frame.kind == .scalar ? leave(frame) : afterOtherKey(frame)
        guard recording != 0 else { return after }
        var recorded = frames[after]
        recorded.recording = recording
        return self.frame(recorded)
    }

    public func exclusion(of thread: Thread) -> ByteAutomaton.State? {
        let frame = frames[thread]
        switch frame.kind {
        case .scalar, .otherKey: return frame.c == ByteAutomaton.dead ? nil : frame.c
        default: return nil
        }
    }

    public func scrutiny(of thread: Thread) -> LexemeScrutiny {
        let frame = frames[thread]
        if frame.kind == .scalar, frame.b != 0 {
            // Strings of any kind go on beside those they may not be; of other items all that is left may be used up.
            return frame.c != ByteAutomaton.dead || arrays[frames[frame.parent].a].seen == .nothing ? .continuation : .everything
        }
        return frame.recording == 0 ? .none : scrutiny(ofRecording: frame.recording)
    }

    public func structureBytes(of thread: Thread) -> ByteSet {
        let frame = frames[thread]
        let own: ByteSet
        switch frame.kind {
        case .done: own = .none
        case .scalar: own = JSONMachine.afterValue
        case .value: own = plan(of: SchemaNode(index: frame.a)).firstBytes
        case .arrayOpen, .arrayAfterComma: own = itemBytes(frame)
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
