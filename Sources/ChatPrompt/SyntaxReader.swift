internal import JSONText

/// Reads a reply with signs in it, piece by piece: text, thinking, and calls of tools.
///
/// Whatever might yet become a sign waits, and so do blanks, which are dropped where a sign follows. What comes out, put together,
/// does not depend on how the reply was cut.
struct SyntaxReader: BufferedReplyReader {
    private enum State: Equatable {
        case content
        case thinking(Int)
        case calling(Int)
    }

    private enum Sign: Equatable {
        case opensThinking(Int)
        case closesThinking
        case silent
        case call(Int)
    }

    private let syntax: ReplySyntax
    private let text: CallText
    private let hidesThinking: Bool
    /// Signs in the answer, longest first.
    private let signs: [(sign: Sign, bytes: [UInt8])]
    private let bareCall: Int?
    private var state = State.content
    var buffer: [UInt8] = []
    /// Text of the answer came since the reply began or since the last call.
    private var hasText = false
    /// Text of the answer came at all.
    private var hasAnyText = false
    /// A sign came last, so blanks that follow belong to it.
    private var isBehindSign = false
    private var callCount = 0

    /// - Parameters:
    ///   - startsThinking: which pair of signs the prompt has left open.
    ///   - hidesThinking: no thinking was wanted: it is looked for everywhere, not only in front of the answer.
    init(_ syntax: ReplySyntax, tools: [ToolDefinition], startsThinking: Int? = nil, hidesThinking: Bool = false) {
        self.syntax = syntax
        self.hidesThinking = hidesThinking
        text = CallText(tools: tools)
        var signs: [(sign: Sign, bytes: [UInt8])] = []
        for (index, tags) in syntax.thinking.enumerated() {
            signs.append((.opensThinking(index), Array(tags.opening.utf8)))
            signs.append((.closesThinking, Array(tags.closing.utf8)))
        }
        signs += syntax.silent.map { (.silent, Array($0.utf8)) }
        for (index, call) in syntax.calls.enumerated() where !call.opening.isEmpty {
            signs.append((.call(index), Array(call.opening.utf8)))
        }
        self.signs = signs.filter { !$0.bytes.isEmpty }.sorted { $0.bytes.count > $1.bytes.count }
        bareCall = tools.isEmpty ? nil : syntax.calls.firstIndex { $0.opening.isEmpty }
        if let startsThinking { state = .thinking(startsThinking) }
        isBehindSign = startsThinking != nil || syntax.beginsWithBlank
    }

    mutating func advance(_ events: inout [Event], isLast: Bool) -> Bool {
        switch state {
        case .content: readContent(&events, isLast)
        case .thinking(let index): readThinking(Array(syntax.thinking[index].closing.utf8), &events, isLast)
        case .calling(let index): readCall(syntax.calls[index], &events, isLast)
        }
    }
}

// MARK: - The answer

extension SyntaxReader {
    private mutating func readContent(_ events: inout [Event], _ isLast: Bool) -> Bool {
        if let bareCall, !hasText, let first = buffer.first(where: { !$0.isBlank }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        {
            let isList = first == UInt8(ascii: "[")
            switch isList ? CallText.beginsList(buffer, of: text.tools) : true {
            case true? where !isList || !signs.contains { $0.bytes.first == first }:
                state = .calling(bareCall)
                return true
            case nil where !isLast: return false
            default: break
            }
        }
        let (place, match) = firstSign(isLast)
        let ready = Array(buffer[..<place])
        guard let match else {
            let blanks = isLast ? 0 : ready.trailingBlankCount
            emit(Array(ready.dropLast(blanks)), &events, isLast)
            buffer.removeFirst(place - blanks)
            return false
        }
        emit(Array(ready.dropLast(ready.trailingBlankCount)), &events, false)
        buffer.removeFirst(place + match.bytes.count)
        isBehindSign = true
        switch match.sign {
        case .opensThinking(let index): state = .thinking(index)
        case .call(let index):
            state = .calling(index)
            if syntax.calls[index].includesOpening { buffer = match.bytes + buffer }
        case .closesThinking, .silent: break
        }
        return true
    }

    /// The first place where a sign is or may yet be, and the sign where it is one; the end where there is neither.
    private func firstSign(_ isLast: Bool) -> (place: Int, match: (sign: Sign, bytes: [UInt8])?) {
        for offset in buffer.indices {
            let rest = buffer[offset...]
            // The longest sign comes first, so a shorter one counts only when the longer cannot be any more.
            for candidate in signs where candidate.bytes[0] == buffer[offset] && counts(candidate.sign, at: offset) {
                if rest.starts(with: candidate.bytes) { return (offset, candidate) }
                if !isLast, candidate.bytes.count > rest.count, candidate.bytes.starts(with: rest) { return (offset, nil) }
            }
        }
        return (buffer.count, nil)
    }

    /// Thinking begins in front of the answer or on a line of its own; elsewhere the sign is a word that the answer is about.
    private func counts(_ sign: Sign, at offset: Int) -> Bool {
        guard case .opensThinking = sign, !hidesThinking else { return true }
        if offset > 0, buffer[offset - 1] == 0x0A { return true }
        return !hasText && Array(buffer[..<offset]).isAllBlank
    }

    private mutating func emit(_ bytes: [UInt8], _ events: inout [Event], _ isLast: Bool) {
        var bytes = bytes
        if isBehindSign, !hasAnyText || bytes.isAllBlank { bytes.removeFirst(bytes.leadingBlankCount) }
        guard !bytes.isEmpty else { return }
        (hasText, hasAnyText, isBehindSign) = (true, true, false)
        events.append(.content(bytes.text))
    }
}

// MARK: - Thinking and calls

extension SyntaxReader {
    private mutating func readThinking(_ closing: [UInt8], _ events: inout [Event], _ isLast: Bool) -> Bool {
        if isBehindSign {
            buffer.removeFirst(buffer.leadingBlankCount)
            if buffer.isEmpty { return false }
            isBehindSign = false
        }
        let place = buffer.firstOffset(of: closing)
        // A call in the middle of thinking ends it: some models forget the closing sign.
        let call = firstCall(before: place ?? buffer.count)
        if let call {
            emitThought(Array(buffer[..<call]), &events)
            buffer.removeFirst(call)
            (state, isBehindSign, hasText) = (.content, true, false)
            return true
        }
        if let place {
            emitThought(Array(buffer[..<place]), &events)
            buffer.removeFirst(place + closing.count)
            (state, isBehindSign, hasText) = (.content, true, false)
            return true
        }
        let held = isLast ? 0 : heldLength(closing)
        let ready = Array(buffer.dropLast(held))
        let blanks = ready.trailingBlankCount
        events += thought(Array(ready.dropLast(blanks)))
        buffer.removeFirst(ready.count - blanks)
        return false
    }

    /// How much of the buffer's end may yet be the beginning of the closing sign or of a call.
    private func heldLength(_ closing: [UInt8]) -> Int {
        callOpenings.reduce(buffer.lengthOfSuffix(beginning: closing)) { max($0, buffer.lengthOfSuffix(beginning: $1)) }
    }

    private var callOpenings: [[UInt8]] {
        syntax.calls.filter { $0.opening.utf8.count > 8 && !$0.includesOpening }.map { Array($0.opening.utf8) }
    }

    private func firstCall(before end: Int) -> Int? {
        callOpenings.compactMap { buffer.firstOffset(of: $0) }.filter { $0 < end }.min()
    }

    private func emitThought(_ bytes: [UInt8], _ events: inout [Event]) {
        events += thought(Array(bytes.dropLast(bytes.trailingBlankCount)))
    }

    private func thought(_ bytes: [UInt8]) -> [Event] {
        bytes.isEmpty || hidesThinking ? [] : [.thinking(bytes.text)]
    }

    private mutating func readCall(_ signs: ReplySyntax.CallSigns, _ events: inout [Event], _ isLast: Bool) -> Bool {
        guard let (body, end) = bodyOfCall(signs, isLast) else { return false }
        let bytes = Array(buffer[..<body])
        var calls = text.calls(in: bytes)
        if signs.opening.isEmpty { calls = calls.filter { call in text.tools.contains { $0.name == call.name } } }
        if signs.end == .reply, calls.isEmpty, !bytes.isAllBlank {
            calls = [ToolCall(name: "python", arguments: ["code": .string(bytes.text.trimmingBlanks)])]
        }
        buffer.removeFirst(end)
        state = .content
        if calls.isEmpty {
            // No call after all; what stands there is text, blanks round it are not where signs were.
            emit(signs.opening.isEmpty ? bytes : Array(bytes.text.trimmingBlanks.utf8), &events, isLast)
        } else {
            hasText = false
            isBehindSign = true
        }
        for call in calls {
            var call = call
            call.index = callCount
            callCount += 1
            events.append(.toolCall(call))
        }
        return !buffer.isEmpty || !isLast
    }

    /// Where the text of a call ends, and where what follows it begins; nil while that is not certain.
    private func bodyOfCall(_ signs: ReplySyntax.CallSigns, _ isLast: Bool) -> (body: Int, end: Int)? {
        switch signs.end {
        case .text(let closing):
            let sign = Array(closing.utf8)
            var start = 0
            while let place = buffer.firstOffset(of: sign, from: start) {
                if !CallText.isInsideString(buffer[..<place]) { return (place, place + sign.count) }
                start = place + 1
            }
            // The reply is over, or a quote was never closed.
            guard isLast else { return nil }
            return buffer.firstOffset(of: sign).map { ($0, $0 + sign.count) } ?? (buffer.count, buffer.count)
        case .brackets:
            let end = LooseCalls.isList(buffer) ? LooseCalls.endOfList(buffer) : CallText.endOfBrackets(in: buffer)
            if let end { return (end, end) }
        case .reply: break
        }
        return isLast ? (buffer.count, buffer.count) : nil
    }
}
