internal import JSONText

/// Reads replies that are messages with headers: who it is for and in which channel tells thinking, answer and calls apart.
struct HeadedReader: BufferedReplyReader {
    private enum Message: Equatable {
        case thinking
        case content
        case call(String)
    }

    private enum State: Equatable {
        case header
        case body(Message)
        /// Between messages.
        case gap
    }

    private let signs: HeaderSigns
    private let text: CallText
    private let hidesThinking: Bool
    private let starts: [[UInt8]]
    private let bodyEnds: [[UInt8]]
    private var state: State
    var buffer: [UInt8] = []
    private var isAtBegin = true
    private var isBodyBegin = true
    private var callCount = 0

    /// - Parameter header: what of the header is in the prompt; nil where its end is, and the reply begins with the answer.
    init(_ signs: HeaderSigns, tools: [ToolDefinition], header: String?, hidesThinking: Bool) {
        self.signs = signs
        self.hidesThinking = hidesThinking
        text = CallText(tools: tools)
        starts = signs.starts.map { Array($0.utf8) }
        bodyEnds = signs.bodyEnds.map { Array($0.utf8) } + starts
        state = header == nil ? .body(.content) : .header
        buffer = Array((header ?? "").utf8)
    }

    mutating func advance(_ events: inout [Event], isLast: Bool) -> Bool {
        switch state {
        case .header: readHeader(&events, isLast)
        case .body(.call(let name)): readCall(name, &events, isLast)
        case .body(let message): readBody(message, &events, isLast)
        case .gap: skipGap(isLast)
        }
    }

    private mutating func readHeader(_ events: inout [Event], _ isLast: Bool) -> Bool {
        let end = Array(signs.headerEnd.utf8)
        if let place = buffer.firstOffset(of: end) {
            guard let message = message(header: buffer[..<place].text) else {
                (state, isAtBegin) = (.body(.content), false)
                return true
            }
            state = .body(message)
            buffer.removeFirst(place + end.count)
            (isAtBegin, isBodyBegin) = (false, true)
            return true
        }
        // A reply without any header is an answer.
        if isLast || (isAtBegin && !mayBeHeader) {
            (state, isAtBegin) = (.body(.content), false)
            return !buffer.isEmpty
        }
        return false
    }

    /// A header goes on with a sign, a recipient or a role; anything else is text.
    private var mayBeHeader: Bool {
        let bytes = Array(buffer.drop { $0.isBlank })
        if signs.hasBareNames { return bytes.allSatisfy(\.isNamePart) }
        if bytes.first == UInt8(ascii: "<") { return bytes.count < 2 || bytes[1] == UInt8(ascii: "|") }
        return ["to=", "assistant", "analysis", "commentary", "final"].contains { word in
            bytes.starts(with: word.utf8) || word.utf8.starts(with: bytes)
        }
    }

    /// Nil for a header that is none.
    private func message(header: String) -> Message? {
        if signs.hasBareNames {
            let name = header.trimmingBlanks
            if name == "all" { return .content }
            return text.tools.contains { $0.name == name } ? .call(name) : nil
        }
        if let place = header.firstRange(of: "to=") {
            let word = header[place.upperBound...].prefix { !$0.isWhitespace && $0 != "<" }
            switch word {
            case "user", "all", "assistant", "": break
            case "self": return .thinking
            default: return .call(word.hasPrefix("functions.") ? String(word.dropFirst(10)) : String(word))
            }
        }
        return header.contains("analysis") ? .thinking : .content
    }

    private mutating func readBody(_ message: Message, _ events: inout [Event], _ isLast: Bool) -> Bool {
        if isBodyBegin {
            buffer.removeFirst(buffer.leadingBlankCount)
            if buffer.isEmpty { return false }
            isBodyBegin = false
        }
        let end = firstEnd
        let held = end == nil && !isLast ? bodyEnds.map { buffer.lengthOfSuffix(beginning: $0) }.max() ?? 0 : 0
        let ready = Array(buffer[..<(end?.place ?? buffer.count - held)])
        let blanks = isLast && end == nil && message == .content ? 0 : ready.trailingBlankCount
        emit(Array(ready.dropLast(blanks)), message, &events)
        guard let end else {
            buffer.removeFirst(ready.count - blanks)
            return false
        }
        leave(end)
        return true
    }

    private func emit(_ bytes: [UInt8], _ message: Message, _ events: inout [Event]) {
        guard !bytes.isEmpty else { return }
        switch message {
        case .thinking: if !hidesThinking { events.append(.thinking(bytes.text)) }
        case .content, .call: events.append(.content(bytes.text))
        }
    }

    private var firstEnd: (place: Int, sign: [UInt8])? {
        bodyEnds.compactMap { sign in buffer.firstOffset(of: sign).map { ($0, sign) } }.min { $0.0 < $1.0 }
    }

    private mutating func leave(_ end: (place: Int, sign: [UInt8])) {
        buffer.removeFirst(end.place + end.sign.count)
        state = starts.contains(end.sign) ? .header : .gap
    }

    private mutating func skipGap(_ isLast: Bool) -> Bool {
        let places = starts.compactMap { sign in buffer.firstOffset(of: sign).map { ($0, sign) } }
        if let first = places.min(by: { $0.0 < $1.0 }) {
            buffer.removeFirst(first.0 + first.1.count)
            state = .header
            return true
        }
        if isLast { buffer = [] }
        return false
    }

    private mutating func readCall(_ name: String, _ events: inout [Event], _ isLast: Bool) -> Bool {
        let end = firstEnd
        guard end != nil || isLast else { return false }
        let body = Array(buffer[..<(end?.place ?? buffer.count)])
        let trimmed = body.text.trimmingBlanks
        var calls = text.calls(in: Self.unwrapped(trimmed))
        if let arguments = try? JSONValue(parsing: trimmed.isEmpty ? "{}" : trimmed, limits: .lenient).object {
            calls = [ToolCall(name: name, arguments: arguments)]
        }
        if calls.isEmpty, !trimmed.isEmpty { events.append(.content(trimmed)) }
        for call in calls {
            var call = call
            call.index = callCount
            callCount += 1
            events.append(.toolCall(call))
        }
        guard let end else {
            (buffer, state) = ([], .gap)
            return false
        }
        leave(end)
        return true
    }

    /// The calls without the one tag round all of them.
    private static func unwrapped(_ text: String) -> [UInt8] {
        for tag in ["<atem:function_calls>", "<function_calls>"] where text.hasPrefix(tag) {
            return Array(text.dropFirst(tag.count).utf8)
        }
        return Array(text.utf8)
    }
}
