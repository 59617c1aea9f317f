public import ChatPrompt
public import JSONText

/// OpenAI's messages as Ollama's: each part of a content becomes a message of its own.
public enum OpenAIMessages {
    public static func read(_ list: [JSONValue]) throws(RequestError) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        for (index, element) in list.enumerated() {
            let reader = try RequestReader(element, type: "ChatCompletionRequest", path: "messages[\(index)]")
            messages += try read(reader, after: messages)
        }
        return messages
    }

    private static func read(_ reader: RequestReader, after earlier: [ChatMessage]) throws(RequestError) -> [ChatMessage] {
        var message = ChatMessage(role: role(try reader.string("role")), content: "")
        message.thinking = try reader.string("reasoning")
        message.toolCallID = try reader.string("tool_call_id")
        let name = try reader.string("name")
        message.toolName = name.isEmpty ? toolName(of: message.toolCallID, in: earlier) : name
        for call in try reader.array("tool_calls") ?? [] { message.toolCalls.append(try toolCall(call)) }
        switch reader.value("content") {
        case .string(let text)?:
            message.content = text
            return [message]
        case .array(let parts)?: return try contents(parts, message)
        case nil where !message.toolCalls.isEmpty || !message.thinking.isEmpty: return [message]
        default: throw RequestError("invalid message content type: \(reader.object["content"]?.kind ?? "null")")
        }
    }

    /// Newer models call the system `developer`.
    private static func role(_ text: String) -> String {
        let role = text.lowercased()
        return role == "developer" ? "system" : role
    }

    private static func contents(_ parts: [JSONValue], _ message: ChatMessage) throws(RequestError) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        for part in parts {
            var copy = message
            switch part["type"]?.string {
            case "text", "input_text", "output_text":
                guard let text = part["text"]?.string else { throw RequestError("invalid message format") }
                copy.content = text
            case "refusal": copy.content = part["refusal"]?.string ?? ""
            case "image_url", "input_image", "input_audio": copy.imageCount = 1
            default: throw RequestError("invalid message format")
            }
            messages.append(copy)
        }
        // Calls belong to the last part only, or the model would see them several times.
        for index in messages.indices.dropLast() { messages[index].toolCalls = [] }
        return messages.isEmpty ? [message] : messages
    }

    /// Arguments travel as the text of an object.
    private static func toolCall(_ json: JSONValue) throws(RequestError) -> ToolCall {
        let function = json["function"]
        let text = function?["arguments"]?.string ?? "{}"
        let object = text.isEmpty ? JSONObject() : (try? JSONValue(parsing: text, limits: .lenient))?.object
        guard let object else { throw RequestError("invalid tool call arguments") }
        return ToolCall(
            id: json["id"]?.string ?? "", index: json["index"]?.int ?? 0, name: function?["name"]?.string ?? "",
            arguments: object)
    }

    private static func toolName(of id: String, in messages: [ChatMessage]) -> String {
        guard !id.isEmpty else { return "" }
        return messages.lazy.flatMap(\.toolCalls).first { $0.id == id }?.name ?? ""
    }
}
