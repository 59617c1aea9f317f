import ChatPrompt
public import JSONText

/// `POST /v1/responses`, turned into a native request as Ollama turns it.
public struct ResponsesRequest: Sendable {
    public var chat: ChatRequest
    /// What an answer repeats of its request, as it was written.
    public var echoes: Echoes

    public struct Echoes: Sendable {
        public var instructions: JSONValue
        public var tools: JSONValue
        public var truncation: JSONValue
        public var format: JSONValue
        public var temperature: JSONValue
        public var topP: JSONValue
        public var reasoning: JSONValue
        public var maxOutputTokens: JSONValue
    }

    public static let fields = [
        "model", "input", "instructions", "max_output_tokens", "temperature", "top_p", "reasoning", "text", "tools", "stream",
        "truncation", "background", "conversation", "previous_response_id", "store", "include", "metadata", "user",
        "parallel_tool_calls", "tool_choice", "service_tier", "prompt_cache_key", "prompt_cache_retention", "safety_identifier",
        "max_tool_calls", "stream_options", "top_logprobs", "client_metadata",
    ]

    public init(_ reader: RequestReader) throws(RequestError) {
        for name in ["previous_response_id", "conversation"] where reader.has(name) {
            throw RequestError("\(name) is not supported: send the whole conversation as input")
        }
        if try reader.flag("background") == true { throw RequestError("background is not supported") }
        var settings = ReplySettings(model: try reader.string("model"))
        settings.streams = try reader.flag("stream") ?? false
        settings.options["temperature"] = .number(try reader.number("temperature") ?? JSONNumber(1))
        if let topP = try reader.number("top_p") { settings.options["top_p"] = .number(topP) }
        if let limit = try reader.integer("max_output_tokens") { settings.options["num_predict"] = .number(JSONNumber(limit)) }
        settings.think = try reader.effort()
        settings.format = try reader.fields("text").responseFormat("format")
        var messages: [ChatMessage] = []
        let instructions = try reader.string("instructions")
        if !instructions.isEmpty { messages.append(ChatMessage(role: "system", content: instructions)) }
        messages += try ResponsesInput.read(reader.value("input"))
        chat = ChatRequest(settings, messages: messages, tools: try ResponsesInput.tools(reader.array("tools") ?? []))
        func echo(_ key: String, _ fallback: JSONValue) -> JSONValue { reader.value(key) ?? fallback }
        echoes = Echoes(
            instructions: instructions.isEmpty ? JSONValue.null : .string(instructions), tools: echo("tools", []),
            truncation: echo("truncation", "disabled"),
            format: try reader.fields("text").value("format") ?? ["type": "text"], temperature: echo("temperature", 1),
            topP: echo("top_p", 1), reasoning: echo("reasoning", .null), maxOutputTokens: echo("max_output_tokens", .null))
    }
}

/// The items of an input as messages.
enum ResponsesInput {
    static func read(_ input: JSONValue?) throws(RequestError) -> [ChatMessage] {
        switch input {
        case .string(let text)?: return [ChatMessage(role: "user", content: text)]
        case .array(let items)?:
            var messages: [ChatMessage] = []
            for item in items { try add(item, to: &messages) }
            return messages
        case nil: throw RequestError("input is required")
        default: throw RequestError("input must be a string or array")
        }
    }

    private static func add(_ item: JSONValue, to messages: inout [ChatMessage]) throws(RequestError) {
        switch item["type"]?.string ?? "message" {
        case "message":
            let role = item["role"]?.string?.lowercased() ?? "user"
            let (text, images) = try content(item["content"])
            let message = ChatMessage(role: role == "developer" ? "system" : role, content: text, imageCount: images)
            // Thinking comes as an item of its own before the message that it led to.
            if role == "assistant", let last = messages.last, isThinkingAlone(last) {
                messages[messages.count - 1].content = text
            } else {
                messages.append(message)
            }
        case "reasoning":
            let summary = item["summary"]?.array?.compactMap { $0["text"]?.string }.joined() ?? ""
            messages.append(
                ChatMessage(role: "assistant", content: "", thinking: item["encrypted_content"]?.string ?? summary))
        case "function_call": try add(call: item, to: &messages)
        case "function_call_output":
            let id = item["call_id"]?.string ?? ""
            let (text, images) = try content(item["output"])
            let name = messages.lazy.flatMap(\.toolCalls).first { $0.id == id }?.name ?? ""
            messages.append(
                ChatMessage(role: "tool", content: text, imageCount: images, toolName: name, toolCallID: id))
        case "web_search_call": break
        case let other: throw RequestError("unknown input item type: \(other.prefix(100))")
        }
    }

    private static func isThinkingAlone(_ message: ChatMessage) -> Bool {
        message.role == "assistant" && !message.thinking.isEmpty && message.content.isEmpty && message.toolCalls.isEmpty
    }

    /// Calls that follow one another are one message's.
    private static func add(call item: JSONValue, to messages: inout [ChatMessage]) throws(RequestError) {
        let text = item["arguments"]?.string ?? "{}"
        let arguments = text.isEmpty ? JSONObject() : (try? JSONValue(parsing: text, limits: .lenient))?.object
        guard let arguments else { throw RequestError("failed to parse function call arguments") }
        if messages.last?.role != "assistant" { messages.append(ChatMessage(role: "assistant", content: "")) }
        let place = messages.count - 1
        messages[place].toolCalls.append(
            ToolCall(
                id: item["call_id"]?.string ?? "", index: messages[place].toolCalls.count, name: item["name"]?.string ?? "",
                arguments: arguments))
    }

    /// A text, or parts of one and pictures.
    private static func content(_ value: JSONValue?) throws(RequestError) -> (text: String, images: Int) {
        if let text = value?.string { return (text, 0) }
        var (text, images) = ("", 0)
        for part in value?.array ?? [] {
            switch part["type"]?.string {
            case "input_text", "output_text", "text", "summary_text": text += part["text"]?.string ?? ""
            case "input_image": images += 1
            case "input_file": throw RequestError("file inputs are not currently supported")
            default: throw RequestError("unknown content type: \(part["type"]?.string?.prefix(100) ?? "none")")
            }
        }
        return (text, images)
    }

    /// Functions; those of a namespace are called by its name, a point and theirs.
    static func tools(_ list: [JSONValue], namespace: String = "", depth: Int = 0) throws(RequestError) -> [ToolDefinition] {
        guard depth < 8 else { throw RequestError("namespaces of tools nested too deep") }
        var tools: [ToolDefinition] = []
        for tool in list {
            switch tool["type"]?.string {
            case "namespace":
                tools += try Self.tools(tool["tools"]?.array ?? [], namespace: tool["name"]?.string ?? "", depth: depth + 1)
            case "web_search": throw RequestError("ollama cloud is disabled: web search is unavailable", status: 403)
            default:
                var name = tool["name"]?.string ?? ""
                if !namespace.isEmpty, !name.hasPrefix(namespace + ".") { name = "\(namespace).\(name)" }
                var function: JSONObject = ["name": .string(name)]
                if let description = tool["description"] { function["description"] = description }
                function["parameters"] = tool["parameters"] ?? .object(JSONObject())
                do { tools.append(try ToolDefinition(["type": "function", "function": .object(function)])) } catch {
                    throw RequestError("\(error)")
                }
            }
        }
        return tools
    }
}
