/// Reads a reply back into what it is made of, while it is being written.
public struct ReplyParser: Sendable {
    public enum Event: Sendable, Equatable {
        /// Text that the model thinks to itself.
        case thinking(String)
        /// Text for the reader.
        case content(String)
        case toolCall(ToolCall)
    }

    private var thinking: ThinkingParser?
    private var toolCalls: ToolCallParser?

    public init(thinking: ThinkingParser?, toolCalls: ToolCallParser?) {
        self.thinking = thinking
        self.toolCalls = toolCalls
    }

    /// The next piece of the reply's text.
    public mutating func consume(_ piece: String) -> [Event] {
        guard let part = thinking?.consume(piece) else { return answer(piece) }
        return events(part)
    }

    /// What was held back until it was clear that the reply is over.
    public mutating func finish() -> [Event] {
        var events: [Event] = []
        if let part = thinking?.finish() { events = self.events(part) }
        if let part = toolCalls?.finish() { events += Self.events(part) }
        return events
    }

    private mutating func events(_ part: ThinkingParser.Part) -> [Event] {
        let thoughts: [Event] = part.thinking.isEmpty ? [] : [.thinking(part.thinking)]
        return thoughts + answer(part.content)
    }

    private mutating func answer(_ text: String) -> [Event] {
        if text.isEmpty { return [] }
        guard let part = toolCalls?.consume(text) else { return [.content(text)] }
        return Self.events(part)
    }

    private static func events(_ part: ToolCallParser.Part) -> [Event] {
        let content: [Event] = part.content.isEmpty ? [] : [.content(part.content)]
        return content + part.calls.map { .toolCall($0) }
    }
}

extension PromptSource {
    /// A parser for replies to `prompt`: it looks for thinking where that was asked for, and for calls where tools were offered.
    public func replyParser(prompt: String, tools: [ToolDefinition], think: ThinkSetting) -> ReplyParser {
        var thinking: ThinkingParser?
        if think.isOn, let tags = thinkingTags {
            thinking = ThinkingParser(tags: tags, startsInside: ThinkingParser.isInside(prompt: prompt, tags: tags))
        }
        return ReplyParser(
            thinking: thinking, toolCalls: tools.isEmpty ? nil : ToolCallParser(tools: tools, tag: toolCallTag))
    }
}
