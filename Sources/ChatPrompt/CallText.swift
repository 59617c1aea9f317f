internal import JSONText

/// Calls of tools in the text that a model wrote between the signs of a call, in any of the ways that models write them.
///
/// JSON with the name in it or before it, XML-like tags per argument, Python's calls, and Gemma's `call:name{…}`. The text's own
/// look decides, so that a model that strays from its family's way is understood all the same.
struct CallText {
    let tools: [ToolDefinition]

    /// Signs inside of calls that some vocabularies have as special tokens.
    static let innerSigns =
        ["<|\"|>", "<escape>", "[ARGS]", "[CALL_ID]", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>"]
        + ["<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>", "<|open|>", "<|sep|>", "<|close|>"]
        + TaggedCalls.known.flatMap { [$0.nameOpening, $0.keyOpening, $0.valueClosing, $0.callClosing] }.filter { !$0.isEmpty }

    /// The calls in `text`, in order; none where it holds no call.
    func calls(in text: [UInt8]) -> [ToolCall] {
        if let frame = TaggedCalls.frame(of: text) { return frame.calls(in: text, tools: tools) }
        if LooseCalls.hasBraces(text) { return LooseCalls.braces(text) }
        if LooseCalls.isPython(text) { return LooseCalls.python(text) ?? [] }
        return jsonCalls(in: text)
    }

    /// Whether a place behind `text` is inside of a string, where closing signs do not count.
    static func isInsideString(_ text: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(text)
        if TaggedCalls.frame(of: bytes) != nil { return false }
        if LooseCalls.hasBraces(bytes) { return LooseCalls.isQuoteOpen(bytes) }
        guard let start = bytes.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "(") }) else { return false }
        var (isInside, isEscaped) = (false, false)
        for byte in bytes[start...] {
            if isEscaped {
                isEscaped = false
            } else if isInside, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInside.toggle()
            }
        }
        return isInside
    }

    /// Whether a text that begins with a bracket is a list of calls, in JSON or in Python's way; nil while that is not certain.
    static func beginsList(_ text: [UInt8], of tools: [ToolDefinition]) -> Bool? {
        var cursor = ByteCursor(text)
        cursor.skipBlanks()
        cursor.advance()
        cursor.skipBlanks()
        guard let next = cursor.next else { return nil }
        if next == UInt8(ascii: "{") { return true }
        let name = cursor.take(while: \.isNamePart).text
        guard let after = cursor.next else { return tools.contains { $0.name.hasPrefix(name) } ? nil : false }
        return after == UInt8(ascii: "(") && tools.contains { $0.name == name }
    }

    /// Where JSON that begins at or behind the front ends: behind the bracket that closes the first one; nil while it is open.
    static func endOfBrackets(in bytes: [UInt8]) -> Int? {
        guard let start = firstBracket(in: bytes) else { return nil }
        var (depth, isInside, isEscaped) = (0, false, false)
        for offset in start..<bytes.count {
            let byte = bytes[offset]
            if isEscaped {
                isEscaped = false
            } else if isInside {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isInside = false }
            } else if byte == UInt8(ascii: "\"") {
                isInside = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
                if depth == 0 { return offset + 1 }
            }
        }
        return nil
    }

    /// The first bracket that is none of a sign like `[ARGS]`; nil while that is not certain.
    private static func firstBracket(in bytes: [UInt8]) -> Int? {
        for offset in bytes.indices {
            if bytes[offset] == UInt8(ascii: "{") { return offset }
            guard bytes[offset] == UInt8(ascii: "[") else { continue }
            guard let next = bytes[(offset + 1)...].first(where: { !$0.isBlank }) else { return nil }
            if next == UInt8(ascii: "{") || next == UInt8(ascii: "]") { return offset }
        }
        return nil
    }
}

// MARK: - JSON

extension CallText {
    private func jsonCalls(in text: [UInt8]) -> [ToolCall] {
        var calls: [ToolCall] = []
        var scan = JSONObjectScan()
        var head = 0
        while let range = scan.next(in: text) {
            if let object = try? JSONValue(parsing: Array(text[range]), limits: .lenient).object,
                let call = call(object, head: Array(text[head..<range.lowerBound]))
            {
                calls.append(call)
            }
            head = range.upperBound
        }
        return calls
    }

    private func call(_ outer: JSONObject, head: [UInt8]) -> ToolCall? {
        var id = outer["id"]?.string ?? outer["tool_call_id"]?.string ?? ""
        let object = outer["function"]?.object ?? outer
        for key in ["name", "tool_name", "function", "tool"] {
            guard let name = object[key]?.string, !name.isEmpty else { continue }
            guard let arguments = Self.arguments(of: object) else { return nil }
            return ToolCall(id: id, name: name, arguments: arguments)
        }
        guard let found = CallHead(head, tools: tools) else { return nil }
        if !found.id.isEmpty { id = found.id }
        return ToolCall(id: id, name: found.name, arguments: outer)
    }

    /// The arguments of an object with a name: none where it has no member for them, nil where that is no object.
    private static func arguments(of object: JSONObject) -> JSONObject? {
        for key in ["arguments", "parameters", "args", "input"] {
            switch object[key] {
            case nil: continue
            case .object(let arguments): return arguments
            case .null: return JSONObject()
            case .string(let text): return text.isEmpty ? JSONObject() : (try? JSONValue(parsing: text, limits: .lenient))?.object
            default: return nil
            }
        }
        return JSONObject()
    }
}

/// The name of a tool in what stands in front of its arguments: `functions.get:0`, `<｜tool▁call▁begin｜>get<｜tool▁sep｜>`,
/// `get[CALL_ID]abc[ARGS]`, `<function=get>`.
struct CallHead {
    var name = ""
    var id = ""

    init?(_ head: [UInt8], tools: [ToolDefinition]) {
        var words: [String] = []
        var cursor = ByteCursor(head)
        while let next = cursor.next {
            if cursor.take("<function=") {
                words.append(cursor.take(while: \.isNamePart).text)
            } else if cursor.take("[CALL_ID]") {
                id = cursor.take { $0 != UInt8(ascii: "[") }.text
            } else if cursor.take("```") {
                _ = cursor.take(while: \.isNamePart)
            } else if next == UInt8(ascii: "<"), let sign = cursor.take(through: ">") {
                _ = sign
            } else if next == UInt8(ascii: "["), let sign = cursor.take(through: "]") {
                _ = sign
            } else if next.isNamePart {
                words.append(cursor.take { $0.isNamePart || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }.text)
            } else {
                cursor.advance()
            }
        }
        guard let word = words.last(where: { word in tools.contains { $0.name == word } }) ?? words.last else { return nil }
        name = word
        guard word.hasPrefix("functions.") else { return }
        let bare = word.dropFirst("functions.".count)
        name = String(bare.prefix { $0 != ":" })
        if name != bare { id = word }
    }
}
