/// Reads a reply back into what it is made of, while it is being written.
///
/// Two ways: by a syntax, which knows the signs of the model's family, and by Ollama's rule for Go templates, which knows one
/// pair of tags round thinking and one tag in front of calls.
public struct ReplyParser: Sendable {
    public enum Event: Sendable, Equatable {
        /// Text that the model thinks to itself.
        case thinking(String)
        /// Text for the reader.
        case content(String)
        case toolCall(ToolCall)
    }

    private enum Engine: Sendable {
        case tags(ThinkingParser?, ToolCallParser?)
        case signs(SyntaxReader)
        case headers(HeadedReader)
    }

    private var engine: Engine

    public init(thinking: ThinkingParser?, toolCalls: ToolCallParser?) { engine = .tags(thinking, toolCalls) }

    /// A parser for what follows a prompt.
    ///
    /// - Parameters:
    ///   - tools: those offered; their schemas tell texts from numbers where a family does not.
    ///   - hidesThinking: no thinking is passed on, whatever the model writes.
    public init(_ syntax: ReplySyntax, prompt: String = "", tools: [ToolDefinition] = [], hidesThinking: Bool = false) {
        if let headers = syntax.headers {
            engine = .headers(
                HeadedReader(headers, tools: tools, header: headers.openHeader(of: prompt), hidesThinking: hidesThinking))
        } else {
            let open = syntax.thinking.firstIndex { ThinkingParser.isInside(prompt: prompt, tags: $0) }
            engine = .signs(SyntaxReader(syntax, tools: tools, startsThinking: open, hidesThinking: hidesThinking))
        }
    }

    /// The next piece of the reply's text.
    public mutating func consume(_ piece: String) -> [Event] {
        switch engine {
        case .signs(var reader):
            defer { engine = .signs(reader) }
            engine = .tags(nil, nil)
            return reader.consume(piece)
        case .headers(var reader):
            defer { engine = .headers(reader) }
            engine = .tags(nil, nil)
            return reader.consume(piece)
        case .tags(var thinking, var toolCalls):
            defer { engine = .tags(thinking, toolCalls) }
            guard let part = thinking?.consume(piece) else { return Self.answer(piece, &toolCalls) }
            return Self.events(part, &toolCalls)
        }
    }

    /// What was held back until it was clear that the reply is over.
    public mutating func finish() -> [Event] {
        switch engine {
        case .signs(var reader):
            defer { engine = .signs(reader) }
            return reader.finish()
        case .headers(var reader):
            defer { engine = .headers(reader) }
            return reader.finish()
        case .tags(var thinking, var toolCalls):
            defer { engine = .tags(thinking, toolCalls) }
            var events: [Event] = []
            if let part = thinking?.finish() { events = Self.events(part, &toolCalls) }
            if let part = toolCalls?.finish() { events += Self.events(part) }
            return events
        }
    }

    private static func events(_ part: ThinkingParser.Part, _ toolCalls: inout ToolCallParser?) -> [Event] {
        let thoughts: [Event] = part.thinking.isEmpty ? [] : [.thinking(part.thinking)]
        return thoughts + answer(part.content, &toolCalls)
    }

    private static func answer(_ text: String, _ toolCalls: inout ToolCallParser?) -> [Event] {
        if text.isEmpty { return [] }
        guard let part = toolCalls?.consume(text) else { return [.content(text)] }
        return events(part)
    }

    private static func events(_ part: ToolCallParser.Part) -> [Event] {
        let content: [Event] = part.content.isEmpty ? [] : [.content(part.content)]
        return content + part.calls.map { .toolCall($0) }
    }
}

extension HeaderSigns {
    /// What a prompt has of the header that the reply goes on with; nil where the header is complete.
    public func openHeader(of prompt: String) -> String? {
        let bytes = Array(prompt.utf8)
        var last: Int?
        for start in starts {
            let sign = Array(start.utf8)
            var offset = 0
            while let place = bytes.firstOffset(of: sign, from: offset) {
                last = max(last ?? 0, place + sign.count)
                offset = place + sign.count
            }
        }
        guard let last else { return "" }
        let tail = Array(bytes[last...])
        return tail.firstOffset(of: Array(headerEnd.utf8)) == nil ? "" : nil
    }
}

extension PromptSource {
    /// A parser for replies to `prompt`.
    ///
    /// Where the template tells its family's syntax (`replySyntax`), calls are found even where no tools were offered. Else
    /// Ollama's rule holds: thinking is looked for where it was asked for, calls where tools were offered. With thinking off,
    /// neither tags nor thoughts come through.
    public func replyParser(
        prompt: String, tools: [ToolDefinition], think: ThinkSetting, syntax: ReplySyntax? = nil
    ) -> ReplyParser {
        if let syntax = syntax ?? replySyntax {
            return ReplyParser(syntax, prompt: prompt, tools: tools, hidesThinking: think == .off)
        }
        if think == .off, let tags = thinkingTags {
            return ReplyParser(
                ReplySyntax(thinking: [tags], calls: tools.isEmpty ? [] : [.init(tag: toolCallTag)]), prompt: prompt, tools: tools,
                hidesThinking: true)
        }
        var thinking: ThinkingParser?
        if think.isOn, let tags = thinkingTags {
            thinking = ThinkingParser(tags: tags, startsInside: ThinkingParser.isInside(prompt: prompt, tags: tags))
        }
        return ReplyParser(
            thinking: thinking, toolCalls: tools.isEmpty ? nil : ToolCallParser(tools: tools, tag: toolCallTag))
    }
}

extension ReplySyntax.CallSigns {
    /// The signs that go with a tag which a Go template writes in front of calls.
    init(tag: String) {
        if let known = ReplySyntax.callSigns.first(where: { $0.opening == tag }) {
            self = known
        } else if tag.hasPrefix("<"), tag.hasSuffix(">"), !tag.hasPrefix("<|") {
            self.init(tag, "</" + tag.dropFirst())
        } else {
            self.init(opening: tag == "{" || tag == "[" ? "" : tag, end: .brackets)
        }
    }
}
