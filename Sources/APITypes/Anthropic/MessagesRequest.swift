import ChatPrompt
import JSONText

/// `POST /v1/messages`, turned into a native request as Ollama turns it.
public struct MessagesRequest: Sendable {
    public var chat: ChatRequest
    /// About as many tokens as the request has: a token for four characters, since a stream tells before it knows.
    public var estimatedTokens: Int

    public static let fields = [
        "model", "max_tokens", "messages", "system", "stream", "temperature", "top_p", "top_k", "stop_sequences", "tools",
        "tool_choice", "thinking", "metadata", "output_config", "service_tier", "container", "mcp_servers", "context_management",
        "betas", "cache_control",
    ]

    /// - Parameter needsLimit: whether `max_tokens` must be there; a request that only counts has none.
    public init(_ reader: RequestReader, needsLimit: Bool = true) throws(RequestError) {
        var settings = ReplySettings(model: try reader.string("model"))
        if settings.model.isEmpty { throw RequestError("model is required") }
        let limit = try reader.integer("max_tokens") ?? 0
        if needsLimit, limit <= 0 { throw RequestError("max_tokens is required and must be positive") }
        let list = try reader.array("messages") ?? []
        if list.isEmpty { throw RequestError("messages is required") }
        settings.streams = try reader.flag("stream") ?? false
        settings.options["num_predict"] = .number(JSONNumber(limit))
        for name in ["temperature", "top_p", "top_k"] {
            if let number = try reader.number(name) { settings.options[name] = .number(number) }
        }
        if let stops = try reader.strings("stop_sequences"), !stops.isEmpty { settings.options["stop"] = stops.json }
        settings.think = try Self.think(reader)
        var messages = Self.system(reader.value("system"))
        for (index, element) in list.enumerated() {
            messages += try AnthropicMessages.read(
                try RequestReader(element, type: "MessagesRequest", path: "messages[\(index)]"))
        }
        chat = ChatRequest(settings, messages: messages, tools: try Self.tools(reader))
        let characters = messages.reduce(0) { $0 + $1.content.utf8.count + $1.thinking.utf8.count }
        estimatedTokens = max(1, characters / 4)
    }

    private static func think(_ reader: RequestReader) throws(RequestError) -> ThinkSetting {
        switch try reader.fields("thinking").string("type") {
        case "enabled": return .on
        case "disabled": return .off
        default:
            let effort = try reader.fields("output_config").string("effort").lowercased()
            return ThinkSetting(level: effort == "xhigh" ? "high" : effort) ?? .unset
        }
    }

    /// A text, or blocks of text.
    private static func system(_ value: JSONValue?) -> [ChatMessage] {
        let texts = value?.array?.compactMap { $0["type"] == "text" ? $0["text"]?.string : nil } ?? []
        let text = value?.string ?? texts.joined()
        return text.isEmpty ? [] : [ChatMessage(role: "system", content: text)]
    }

    private static func tools(_ reader: RequestReader) throws(RequestError) -> [ToolDefinition] {
        let choice = try reader.fields("tool_choice")
        let kind = try choice.string("type")
        var tools: [ToolDefinition] = []
        for tool in try reader.array("tools") ?? [] {
            let name = tool["name"]?.string ?? ""
            if tool["type"]?.string?.hasPrefix("web_search") == true {
                throw RequestError("ollama cloud is disabled: web search is unavailable", status: 403)
            }
            if kind == "none" { continue }
            if kind == "tool", try choice.string("name") != name { continue }
            var function: JSONObject = ["name": .string(name)]
            if let description = tool["description"]?.string { function["description"] = .string(description) }
            function["parameters"] = tool["input_schema"] ?? .object(JSONObject())
            do { tools.append(try ToolDefinition(["type": "function", "function": .object(function)])) } catch {
                throw RequestError("invalid input_schema for tool \"\(name)\": \(error)")
            }
        }
        return tools
    }
}

/// Anthropic's messages as Ollama's: what tools answered becomes messages of its own.
enum AnthropicMessages {
    static func read(_ reader: RequestReader) throws(RequestError) -> [ChatMessage] {
        var message = ChatMessage(role: try reader.string("role").lowercased(), content: "")
        var results: [ChatMessage] = []
        switch reader.value("content") {
        case .string(let text)?: message.content = text
        case .array(let blocks)?: for block in blocks { try add(block, to: &message, &results) }
        default: throw RequestError("content is required")
        }
        let isEmpty =
            message.content.isEmpty && message.imageCount == 0 && message.toolCalls.isEmpty && message.thinking.isEmpty
        let said = isEmpty ? [] : [message]
        return message.role == "user" ? results + said : said + results
    }

    private static func add(
        _ block: JSONValue, to message: inout ChatMessage, _ results: inout [ChatMessage]
    ) throws(RequestError) {
        switch block["type"]?.string {
        case "text": message.content += block["text"]?.string ?? ""
        case "image": message.imageCount += 1
        case "thinking": message.thinking = block["thinking"]?.string ?? ""
        case "tool_use", "server_tool_use":
            guard let id = block["id"]?.string, !id.isEmpty else {
                throw RequestError("tool_use block missing required 'id' field")
            }
            guard let name = block["name"]?.string, !name.isEmpty else {
                throw RequestError("tool_use block missing required 'name' field")
            }
            message.toolCalls.append(
                ToolCall(
                    id: id, index: message.toolCalls.count, name: name, arguments: block["input"]?.object ?? JSONObject()))
        case "tool_result":
            var result = ChatMessage(role: "tool", content: "")
            result.toolCallID = block["tool_use_id"]?.string ?? ""
            result.content = block["content"]?.string ?? ""
            for part in block["content"]?.array ?? [] {
                if part["type"] == "image" { result.imageCount += 1 } else { result.content += part["text"]?.string ?? "" }
            }
            results.append(result)
        default: break
        }
    }
}
