public import ChatPrompt
public import JSONText

/// Answers of OpenAI's chat and text completions, whole and in chunks.
public struct CompletionAnswer: Sendable {
    public enum Kind: Sendable { case chat, text }

    let kind: Kind
    let id: String
    /// Seconds since 1970; the same in all chunks.
    let created: Int
    let model: String

    public init(_ kind: Kind, id: String, created: Int, model: String) {
        (self.kind, self.id, self.created, self.model) = (kind, id, created, model)
    }

    /// What an answer says.
    public struct Content: Sendable {
        public var text = ""
        public var reasoning = ""
        public var toolCalls: [ToolCall] = []
        public var logprobs: [TokenLogprob] = []
        /// nil while more comes.
        public var finishReason: String?

        public init() {}
    }

    public struct Usage: Sendable {
        public var promptTokens = 0
        public var completionTokens = 0

        public init(prompt: Int = 0, completion: Int = 0) { (promptTokens, completionTokens) = (prompt, completion) }

        public var json: JSONValue {
            [
                "prompt_tokens": .number(JSONNumber(promptTokens)), "completion_tokens": .number(JSONNumber(completionTokens)),
                "total_tokens": .number(JSONNumber(promptTokens + completionTokens)),
            ]
        }
    }

    /// A whole answer.
    public func json(_ contents: [Content], _ usage: Usage) -> JSONValue {
        envelope(
            kind == .chat ? "chat.completion" : "text_completion", contents.enumerated().map { choice($1, index: $0) },
            usage: usage.json)
    }

    /// A piece of one.
    ///
    /// - Parameters:
    ///   - isFirst: whether the role is told.
    ///   - usage: what goes with it where the client asked for it.
    public func chunk(_ content: Content, index: Int = 0, isFirst: Bool = false, usage: JSONValue? = nil) -> JSONValue {
        let body = kind == .chat ? chatChunk(content, index: index, isFirst: isFirst) : textChoice(content, index: index)
        return envelope(kind == .chat ? "chat.completion.chunk" : "text_completion", [body], usage: usage)
    }

    /// The last piece, where the client wants to know what it cost.
    public func usageChunk(_ usage: Usage) -> JSONValue {
        envelope(kind == .chat ? "chat.completion.chunk" : "text_completion", [], usage: usage.json)
    }

    private func envelope(_ object: String, _ choices: [JSONValue], usage: JSONValue?) -> JSONValue {
        var answer = WireObject()
        answer.put("id", id)
        answer.put("object", object)
        answer.put("created", created)
        answer.put("model", model)
        answer.put("system_fingerprint", "fp_ollama")
        answer.put("choices", .array(choices))
        answer.putUnlessNil("usage", usage)
        return answer.json
    }

    private func choice(_ content: Content, index: Int) -> JSONValue {
        guard kind == .chat else { return textChoice(content, index: index) }
        var message = WireObject()
        message.put("role", "assistant")
        message.put("content", content.text)
        message.putUnlessEmpty("reasoning", content.reasoning)
        message.putUnlessEmpty("tool_calls", content.toolCalls.map(\.openAIJSON))
        return choice("message", message, content, index: index)
    }

    private func chatChunk(_ content: Content, index: Int, isFirst: Bool) -> JSONValue {
        var delta = WireObject()
        if isFirst { delta.put("role", "assistant") }
        // The piece that ends the answer says nothing.
        if content.finishReason == nil { delta.put("content", content.text) }
        delta.putUnlessEmpty("reasoning", content.reasoning)
        delta.putUnlessEmpty("tool_calls", content.toolCalls.map(\.openAIJSON))
        return choice("delta", delta, content, index: index)
    }

    private func choice(_ key: String, _ part: WireObject, _ content: Content, index: Int) -> JSONValue {
        var choice = WireObject()
        choice.put("index", index)
        choice.put(key, part.json)
        choice.put("finish_reason", content.finishReason.map { .string($0) } ?? JSONValue.null)
        if !content.logprobs.isEmpty { choice.put("logprobs", ["content": .array(content.logprobs.map(\.json))]) }
        return choice.json
    }

    private func textChoice(_ content: Content, index: Int) -> JSONValue {
        [
            "text": .string(content.text), "index": .number(JSONNumber(index)),
            "finish_reason": content.finishReason.map { .string($0) } ?? JSONValue.null,
        ]
    }
}

extension ToolCall {
    /// `{"id", "index", "type", "function": {"name", "arguments"}}`, the arguments as the text of an object.
    public var openAIJSON: JSONValue {
        [
            "id": .string(id), "index": .number(JSONNumber(index)), "type": "function",
            "function": ["name": .string(name), "arguments": .string(JSONValue.object(arguments).text(.go))],
        ]
    }
}
