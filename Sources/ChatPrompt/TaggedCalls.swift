internal import JSONText

/// Calls with a pair of signs round every argument, as XML has them.
struct TaggedCalls: Sendable, Equatable {
    /// Empty where the text begins with the name.
    var nameOpening: String
    var nameClosing: String
    var keyOpening: String
    var keyClosing: String
    /// Between `keyClosing` and this the model may tell the argument's type.
    var valueOpening: String
    var valueClosing: String
    /// Empty where the call ends with its text.
    var callClosing: String

    /// Qwen3-Coder, Seed-OSS, StepFun, Nemotron 3; MiniMax, Anthropic's way and Muse Glimmer; GLM; Kimi K3; DeepSeek 3.2.
    static let known = [
        TaggedCalls(
            nameOpening: "<function=", nameClosing: ">", keyOpening: "<parameter=", keyClosing: ">", valueOpening: "",
            valueClosing: "</parameter>", callClosing: "</function>"),
        invoke(""), invoke("atem:"), invoke("｜DSML｜"),
        TaggedCalls(
            nameOpening: "", nameClosing: "", keyOpening: "<arg_key>", keyClosing: "</arg_key>", valueOpening: "<arg_value>",
            valueClosing: "</arg_value>", callClosing: ""),
        TaggedCalls(
            nameOpening: "<|open|>call tool=\"", nameClosing: "\"", keyOpening: "<|open|>argument key=\"", keyClosing: "\"",
            valueOpening: "<|sep|>", valueClosing: "<|close|>argument", callClosing: "<|close|>call"),
    ]

    private static func invoke(_ space: String) -> TaggedCalls {
        TaggedCalls(
            nameOpening: "<\(space)invoke name=\"", nameClosing: "\"", keyOpening: "<\(space)parameter name=\"", keyClosing: "\"",
            valueOpening: ">", valueClosing: "</\(space)parameter>", callClosing: "</\(space)invoke>")
    }

    /// The kind of tags that a text begins with; nil for a text without.
    static func frame(of text: [UInt8]) -> TaggedCalls? {
        var cursor = ByteCursor(text)
        cursor.skipBlanks()
        guard let first = cursor.next else { return nil }
        if first == UInt8(ascii: "<") {
            return known.first { frame in
                guard !frame.nameOpening.isEmpty, cursor.looksAt(frame.nameOpening) else { return false }
                // `<function=f>{…}` has its arguments in JSON.
                return frame.nameOpening != "<function=" || !isFollowedByJSON(cursor)
            }
        }
        // A bare name, alone or before its first argument.
        let name = cursor.take(while: \.isNamePart)
        cursor.skipBlanks()
        guard !name.isEmpty, cursor.isAtEnd || cursor.looksAt("<arg_key>") else { return nil }
        return known.first { $0.keyOpening == "<arg_key>" }
    }

    private static func isFollowedByJSON(_ cursor: ByteCursor) -> Bool {
        var cursor = cursor
        guard cursor.take(through: ">") != nil else { return false }
        cursor.skipBlanks()
        return cursor.next == UInt8(ascii: "{")
    }

    func calls(in text: [UInt8], tools: [ToolDefinition]) -> [ToolCall] {
        var calls: [ToolCall] = []
        var cursor = ByteCursor(text)
        while let name = nextName(&cursor) {
            var arguments = JSONObject()
            let tool = tools.first { $0.name == name }
            while let (key, value) = nextArgument(&cursor, of: tool) { arguments[key] = value }
            calls.append(ToolCall(name: name, arguments: arguments))
            if callClosing.isEmpty || cursor.take(through: callClosing) == nil { break }
        }
        return calls
    }

    private func nextName(_ cursor: inout ByteCursor) -> String? {
        if nameOpening.isEmpty {
            cursor.skipBlanks()
        } else if cursor.take(through: nameOpening) == nil {
            return nil
        }
        let name = nameClosing.isEmpty ? cursor.take(while: \.isNamePart) : cursor.take(through: nameClosing)
        guard let name, !name.isEmpty else { return nil }
        return name.text.trimmingBlanks
    }

    private func nextArgument(_ cursor: inout ByteCursor, of tool: ToolDefinition?) -> (String, JSONValue)? {
        guard let start = cursor.place(of: keyOpening) else { return nil }
        if !callClosing.isEmpty, let end = cursor.place(of: callClosing), end < start { return nil }
        _ = cursor.take(through: keyOpening)
        guard let key = cursor.take(through: keyClosing) else { return nil }
        var attributes: [UInt8] = []
        if !valueOpening.isEmpty {
            guard let found = cursor.take(through: valueOpening) else { return nil }
            attributes = found
        }
        let value = cursor.take(through: valueClosing) ?? cursor.rest()
        let name = key.text.trimmingBlanks
        return (name, Self.value(value, attributes: attributes.text, types: tool?.types(of: name)))
    }

    /// A value as its tag, else the tool's schema tells; where neither does, what is JSON and no text counts as JSON.
    private static func value(_ bytes: [UInt8], attributes: String, types: [String]?) -> JSONValue {
        var bytes = bytes
        // A value on lines of its own.
        if bytes.count > 1, bytes.first == 0x0A, bytes.last == 0x0A { bytes = Array(bytes[1..<(bytes.count - 1)]) }
        let text = bytes.text
        if attributes.contains("string=\"true\"") || attributes.contains("type=\"string\"") { return .string(text) }
        let isTyped = attributes.contains("string=\"false\"") || attributes.contains("type=\"")
        if let types, types.contains("string"), !isTyped { return .string(text) }
        let trimmed = text.trimmingBlanks
        if let value = try? JSONValue(parsing: trimmed, limits: .lenient) {
            if case .string = value, types == nil, !isTyped { return .string(text) }
            return value
        }
        // Some templates write what is no text as Python prints it.
        if types != nil, let value = LooseLiteral.whole(trimmed), value.string == nil { return value }
        return .string(text)
    }
}

extension ToolDefinition {
    /// The types that the schema allows for a parameter; nil where it says nothing.
    func types(of parameter: String) -> [String]? {
        guard let property = parameters.properties?.first(where: { $0.name == parameter })?.property, !property.types.isEmpty
        else { return nil }
        return property.types
    }
}
