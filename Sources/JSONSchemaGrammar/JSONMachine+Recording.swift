import Automata
import JSONText

/// Arrays and objects that must differ from those before them in an array.
///
/// Their texts are kept as they are read and compared as values when they end, so keys in another order and numbers written
/// otherwise are repetitions too. A text that so far repeats an item before it is looked at byte by byte: it is given up as soon as
/// all its ends would be repetitions, so that no dead end is entered.
extension JSONMachine {
    /// The first frame of an array or object; `recording` is not zero where it is an item that must differ.
    private func begun(_ frame: Frame, recording: Int32, _ byte: UInt8) -> Thread {
        guard recording != 0 else { return self.frame(frame) }
        var begun = frame
        let text = texts.index(of: RecordedText(before: 0, byte: byte))
        begun.recording = recordings.index(of: Recording(text: text, target: frame.parent))
        return self.frame(begun)
    }

    /// The same, nil where it could only become a repetition.
    func begunUnlessDoomed(_ frame: Frame, recording: Int32, _ byte: UInt8) -> Thread? {
        let thread = begun(frame, recording: recording, byte)
        return recording != 0 && looksAhead && isDoomed(thread) ? nil : thread
    }

    func recordingStep(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        var plain = frame
        plain.recording = 0
        var stepped: [Thread] = []
        step(plain, byte, &stepped)
        guard !stepped.isEmpty else { return }
        let isLexeme = frame.kind == .scalar || frame.kind == .key || frame.kind == .otherKey
        let recording = !isLexeme && JSONMachine.isBlank(byte) ? frame.recording : extended(frame.recording, byte)
        for each in stepped {
            guard let next = recorded(each, recording) else { continue }
            if !looksAhead || !isDoomed(next) { result.append(next) }
        }
    }

    private func extended(_ index: Int32, _ byte: UInt8) -> Int32 {
        guard index != 0 else { return 0 }
        var recording = recordings[index]
        recording.text = texts.index(of: RecordedText(before: recording.text, byte: byte))
        recording.outer = extended(recording.outer, byte)
        return recordings.index(of: recording)
    }

    /// The thread with what was recorded, nil where the item is complete and a repetition.
    private func recorded(_ thread: Thread, _ index: Int32) -> Thread? {
        let recording = recordings[index]
        var moved = frames[thread]
        guard thread == recording.target else {
            if moved.recording == 0 {
                moved.recording = index
            } else {
                var inner = recordings[moved.recording]
                inner.outer = index
                moved.recording = recordings.index(of: inner)
            }
            return frame(moved)
        }
        var progress = arrays[moved.a]
        let value = canonicalTexts.index(of: canonical(textAt: recording.text))
        guard !progress.containers.contains(value) else { return nil }
        let before = progress.containers
        progress.containers.append(value)
        moved.a = arrays.index(of: progress)
        itemTexts[progress.containers] = (itemTexts[before] ?? []).union(beginnings(ofTextAt: recording.text))
        moved.recording = recording.outer
        return frame(moved)
    }

    private func beginnings(ofTextAt index: Int32) -> Set<Int32> {
        var result: Set<Int32> = []
        var next = index
        while next != 0 {
            result.insert(next)
            next = texts[next].before
        }
        return result
    }

    /// The bytes of a recorded text.
    func bytes(ofTextAt index: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = index
        while next != 0 {
            bytes.append(texts[next].byte)
            next = texts[next].before
        }
        return bytes.reversed()
    }

    /// One text for each value: keys in order, numbers without what they could be written without.
    private func canonical(textAt index: Int32) -> [UInt8] {
        let bytes = bytes(ofTextAt: index)
        guard let value = try? JSONValue(parsing: bytes) else { return bytes }
        var result: [UInt8] = []
        JSONMachine.write(value, to: &result)
        return result
    }

    private static func write(_ value: JSONValue, to text: inout [UInt8]) {
        switch value {
        case .null, .bool, .string: text += Array(value.text(.compact).utf8)
        case .number(let number):
            guard let numeral = DecimalNumeral(number) else {
                text += Array(number.text.utf8)
                return
            }
            if numeral.isNegative { text.append(UInt8(ascii: "-")) }
            text += numeral.whole.map { $0 + 0x30 } + [UInt8(ascii: ".")] + numeral.fraction.map { $0 + 0x30 }
        case .array(let items):
            text.append(UInt8(ascii: "["))
            for item in items {
                write(item, to: &text)
                text.append(UInt8(ascii: ","))
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (key, member) in members.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }) {
                write(.string(key), to: &text)
                write(member, to: &text)
                text.append(UInt8(ascii: ","))
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    // MARK: - Repetitions to be

    /// Whether the item so far is the beginning of one before it, as written.
    private func repeats(_ recording: Int32) -> Bool {
        let own = recordings[recording]
        return itemTexts[arrays[frames[own.target].a].containers]?.contains(own.text) ?? false
    }

    func scrutiny(ofRecording index: Int32) -> LexemeScrutiny {
        var next = index
        var isCompared = false
        while next != 0 {
            if repeats(next) { return .everything }
            let own = recordings[next]
            isCompared = isCompared || !arrays[frames[own.target].a].containers.isEmpty
            next = own.outer
        }
        return isCompared ? .continuation : .none
    }

    /// Whether an item after the comma may be another than all before it.
    func canBegin(_ comma: Frame) -> Bool {
        guard looksAhead, !arrays[comma.a].containers.isEmpty else { return true }
        return itemBytes(comma).elements.contains { byte in
            var next: [Thread] = []
            item(comma, byte, &next)
            return !next.isEmpty
        }
    }

    /// How many threads are looked at before an item is taken to have other ends.
    private static let lookahead = 300

    /// Whether every way to end the item would repeat one before it.
    private func isDoomed(_ thread: Thread) -> Bool {
        looksAhead = false
        defer { looksAhead = true }
        var queue = [thread]
        var seen = 0
        while let next = queue.popLast() {
            let frame = frames[next]
            guard frame.recording != 0, repeats(frame.recording) else { return false }
            seen += 1
            guard seen < Self.lookahead else { return false }
            let isLexeme = lexeme(of: next) != nil
            for byte in UInt8.min...UInt8.max where isLexeme || !JSONMachine.isBlank(byte) {
                var after: [Thread] = []
                advance(next, byte, into: &after)
                for each in after {
                    let recording = frames[each].recording
                    guard recording != 0, repeats(recording) else { return false }
                    queue.append(each)
                }
            }
        }
        return true
    }
}
