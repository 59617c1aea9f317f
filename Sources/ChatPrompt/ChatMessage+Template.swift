internal import GoTemplate
internal import JSONText

/// Messages as Go templates see them, and what Ollama does to a conversation before that.
extension ChatMessage {
    /// `.Messages`
    static func templateValue(_ messages: [ChatMessage]) -> TemplateValue {
        .list(
            TemplateList(
                messages.map(\.templateValue), typeName: "[]*template.templateMessage", isNil: messages.isEmpty))
    }

    private var templateValue: TemplateValue {
        let images = TemplateList(
            Array(repeating: "", count: max(0, imageCount)), typeName: "[]api.ImageData", isNil: imageCount == 0)
        let calls = TemplateList(
            toolCalls.map(\.templateValue), typeName: "[]template.templateToolCall", isNil: toolCalls.isEmpty)
        return .record(
            TemplateRecord(
                Self.messageType,
                [
                    .text(role), .text(content), .text(thinking), .list(images), .list(calls), .text(toolName),
                    .text(toolCallID),
                ], isPointer: true))
    }

    private static let messageType = TemplateRecordType(
        "template.templateMessage",
        fields: ["Role", "Content", "Thinking", "Images", "ToolCalls", "ToolName", "ToolCallID"].map { .init($0) })

    /// The conversation with neighbours of the same role joined by a blank line (results of tools stay apart), and all system
    /// messages as one text. Of joined messages the first one's pictures and calls remain.
    static func collated(_ messages: [ChatMessage]) -> (system: String, messages: [ChatMessage]) {
        var system: [String] = []
        var collated: [ChatMessage] = []
        for message in messages {
            if message.role == "system" { system.append(message.content) }
            if let last = collated.last, last.role == message.role, message.role != "tool" {
                collated[collated.count - 1].content += "\n\n" + message.content
            } else {
                collated.append(message)
            }
        }
        return (system.joined(separator: "\n\n"), collated)
    }

    /// The conversation with `[img-N]` for every picture: in place of a literal `[img]`, else in front of the message's text.
    /// N counts from 0 over the messages given.
    public static func taggingImages(_ messages: [ChatMessage]) -> [ChatMessage] {
        var next = 0
        return messages.map { message in
            var tagged = message
            var prefix = ""
            for _ in 0..<max(0, message.imageCount) {
                let tag = "[img-\(next)]"
                next += 1
                if let place = tagged.content.firstRange(of: "[img]") {
                    tagged.content.replaceSubrange(place, with: tag)
                } else {
                    prefix += tag
                }
            }
            tagged.content = prefix + tagged.content
            return tagged
        }
    }

    /// Whether Ollama takes thinking out of earlier turns for this model: the family `qwen3` and the name `deepseek-r1`.
    public static func dropsEarlierThinking(family: String, modelName: String) -> Bool {
        family == "qwen3" || modelName == "deepseek-r1"
    }

    /// The conversation without `<think>…</think>` in the assistant's turns before the last user message.
    public static func droppingEarlierThinking(_ messages: [ChatMessage]) -> [ChatMessage] {
        guard let lastUser = messages.lastIndex(where: { $0.role == "user" }) else { return messages }
        var filtered = messages
        for index in messages.indices where index < lastUser && messages[index].role == "assistant" {
            var parser = ThinkingParser(tags: .standard)
            let content = parser.consume(messages[index].content).content
            filtered[index].content = content + parser.finish().content
        }
        return filtered
    }
}

extension ToolCall {
    fileprivate var templateValue: TemplateValue {
        let arguments = TemplateMap(
            arguments.map { ($0.key, TemplateValue($0.value)) }, typeName: "template.templateArgs", stringer: .json)
        let function = TemplateRecord(Self.functionType, [.int(index), .text(name), .map(arguments)])
        return .record(TemplateRecord(Self.callType, [.text(id), .record(function)]))
    }

    private static let callType = TemplateRecordType(
        "template.templateToolCall", fields: [.init("ID"), .init("Function")])

    private static let functionType = TemplateRecordType(
        "template.templateToolCallFunction", fields: [.init("Index"), .init("Name"), .init("Arguments")])
}
