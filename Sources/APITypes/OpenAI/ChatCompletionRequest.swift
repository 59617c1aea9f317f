import ChatPrompt
import JSONText

/// `POST /v1/chat/completions`, turned into a native request as Ollama turns it.
public struct ChatCompletionRequest: Sendable {
    public var chat: ChatRequest
    /// Whether a stream ends with what it cost.
    public var includesUsage: Bool
    /// Answers to be made.
    public var choices: Int

    public static let fields = [
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "seed", "stop", "temperature",
        "frequency_penalty", "presence_penalty", "top_p", "response_format", "tools", "tool_choice", "parallel_tool_calls",
        "reasoning", "reasoning_effort", "logprobs", "top_logprobs", "n", "logit_bias", "user", "store", "metadata",
        "service_tier", "safety_identifier", "prompt_cache_key", "verbosity", "_debug_render_only",
    ]

    private static let mostChoices = 16

    public init(_ reader: RequestReader) throws(RequestError) {
        var settings = ReplySettings(model: try reader.string("model"))
        settings.streams = try reader.flag("stream") ?? false
        settings.options = try reader.openAIOptions()
        settings.format = try reader.responseFormat("response_format")
        settings.think = try reader.effort()
        settings.logprobs = try reader.flag("logprobs") ?? false
        settings.topLogprobs = try reader.integer("top_logprobs") ?? 0
        settings.rendersOnly = try reader.flag("_debug_render_only") ?? false
        includesUsage = try reader.fields("stream_options").flag("include_usage") ?? false
        choices = try reader.integer("n") ?? 1
        guard (1...Self.mostChoices).contains(choices) else { throw RequestError("n must be between 1 and \(Self.mostChoices)") }
        if let bias = try reader.object("logit_bias"), !bias.isEmpty {
            throw RequestError("logit_bias is not supported by this server")
        }
        let messages = try OpenAIMessages.read(try reader.array("messages") ?? [])
        if messages.isEmpty { throw RequestError("[] is too short - 'messages'") }
        chat = ChatRequest(settings, messages: messages, tools: try reader.openAITools())
    }
}

extension RequestReader {
    /// Options under OpenAI's names; its defaults hold where Ollama's differ.
    func openAIOptions() throws(RequestError) -> JSONObject {
        var options = JSONObject()
        switch value("stop") {
        case .string(let text)?: options["stop"] = .array([.string(text)])
        case .some: options["stop"] = try strings("stop")?.json
        case nil: break
        }
        // The newer name counts where both are there.
        for name in ["max_tokens", "max_completion_tokens"] {
            if let limit = try integer(name) { options["num_predict"] = .number(JSONNumber(limit)) }
        }
        if let seed = try integer("seed") { options["seed"] = .number(JSONNumber(seed)) }
        for name in ["frequency_penalty", "presence_penalty"] {
            if let number = try number(name) { options[name] = .number(number) }
        }
        for name in ["temperature", "top_p"] { options[name] = .number(try number(name) ?? JSONNumber(1)) }
        return options
    }

    /// `{"type": "json_object"}` or `{"type": "json_schema", "json_schema": {"schema": …}}`; nil for anything.
    func responseFormat(_ key: String) throws(RequestError) -> JSONValue? {
        guard has(key) else { return nil }
        let format = try fields(key)
        switch try format.string("type") {
        case "json_object": return .string("json")
        case "json_schema":
            // The responses interface writes the schema beside the type.
            return format.has("json_schema") ? try format.fields("json_schema").value("schema") : format.value("schema")
        default: return nil
        }
    }

    /// `reasoning_effort`, or `reasoning.effort`.
    func effort() throws(RequestError) -> ThinkSetting {
        let nested = try fields("reasoning").string("effort")
        let effort = nested.isEmpty ? try string("reasoning_effort") : nested
        switch effort {
        case "": return .unset
        case "none": return .off
        case "minimal": return .level("low")
        case "xhigh", "ultra": return .level("max")
        default:
            if let setting = ThinkSetting(level: effort) { return setting }
            throw RequestError(
                "invalid reasoning value: \"\(effort)\" (must be \"high\", \"medium\", \"low\", \"max\", or \"none\")")
        }
    }

    /// Tools that may be called: none where the choice says so, one where it names one.
    func openAITools() throws(RequestError) -> [ToolDefinition] {
        var tools: [ToolDefinition] = []
        for (index, tool) in (try array("tools") ?? []).enumerated() {
            do { tools.append(try ToolDefinition(tool, path: "tools[\(index)]")) } catch { throw RequestError("\(error)") }
        }
        switch value("tool_choice") {
        case .string("none")?: return []
        case .object(let choice)?:
            guard let name = choice["function"]?["name"]?.string ?? choice["name"]?.string else { return tools }
            guard let tool = tools.first(where: { $0.name == name }) else {
                throw RequestError("tool_choice names '\(name)', which is none of the tools")
            }
            return [tool]
        default: return tools
        }
    }
}
