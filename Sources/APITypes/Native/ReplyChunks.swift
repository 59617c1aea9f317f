public import ChatPrompt
public import JSONText

/// How long an answer took and how many tokens it had; zeros stay out of the JSON.
public struct ReplyMetrics: Sendable, Equatable {
    public var total = Duration.zero
    public var load = Duration.zero
    public var promptCount = 0
    public var prompt = Duration.zero
    public var evalCount = 0
    public var eval = Duration.zero

    public init() {}

    func put(into object: inout WireObject) {
        object.putUnlessEmpty("total_duration", total)
        object.putUnlessEmpty("load_duration", load)
        object.putUnlessEmpty("prompt_eval_count", promptCount)
        object.putUnlessEmpty("prompt_eval_duration", prompt)
        object.putUnlessEmpty("eval_count", evalCount)
        object.putUnlessEmpty("eval_duration", eval)
    }
}

/// A line of the answers of `/api/generate` and `/api/chat`.
public struct ReplyChunk: Sendable {
    public var model: String
    /// RFC 3339, in UTC.
    public var createdAt: String
    public var content = ""
    public var thinking = ""
    public var toolCalls: [ToolCall] = []
    /// `stop`, `length`, `load` or `unload` in the last line; empty before.
    public var doneReason = ""
    public var context: [Int] = []
    public var metrics = ReplyMetrics()
    /// Of the tokens since the last line.
    public var logprobs: [TokenLogprob] = []
    /// The prompt, where nothing but that was wanted.
    public var renderedPrompt: String?

    public init(model: String, createdAt: String) { (self.model, self.createdAt) = (model, createdAt) }

    private var isDone: Bool { !doneReason.isEmpty }

    /// As `/api/generate` writes it.
    public var generateJSON: JSONValue {
        var object = WireObject()
        object.put("model", model)
        object.put("created_at", createdAt)
        object.put("response", content)
        object.putUnlessEmpty("thinking", thinking)
        object.put("done", isDone)
        object.putUnlessEmpty("done_reason", doneReason)
        object.putUnlessEmpty("context", context.map { .number(JSONNumber($0)) })
        metrics.put(into: &object)
        object.putUnlessEmpty("tool_calls", toolCalls.map(\.wireJSON))
        putDebug(into: &object)
        object.putUnlessEmpty("logprobs", logprobs.map(\.json))
        return object.json
    }

    /// As `/api/chat` writes it.
    public var chatJSON: JSONValue {
        var message = WireObject()
        message.put("role", "assistant")
        message.put("content", content)
        message.putUnlessEmpty("thinking", thinking)
        message.putUnlessEmpty("tool_calls", toolCalls.map(\.wireJSON))
        var object = WireObject()
        object.put("model", model)
        object.put("created_at", createdAt)
        object.put("message", message.json)
        object.put("done", isDone)
        object.putUnlessEmpty("done_reason", doneReason)
        putDebug(into: &object)
        object.putUnlessEmpty("logprobs", logprobs.map(\.json))
        metrics.put(into: &object)
        return object.json
    }

    private func putDebug(into object: inout WireObject) {
        if let renderedPrompt { object.put("_debug_info", ["rendered_template": .string(renderedPrompt)]) }
    }
}

extension ToolCall {
    /// `{"id", "function": {"index", "name", "arguments"}}`
    public var wireJSON: JSONValue {
        var object = WireObject()
        object.putUnlessEmpty("id", id)
        object.put(
            "function", ["index": .number(JSONNumber(index)), "name": .string(name), "arguments": .object(arguments)])
        return object.json
    }
}
