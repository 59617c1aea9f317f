package import JSONText
public import JinjaTemplate

/// A model's own chat template, run as transformers runs it.
///
///     let template = try JinjaChatTemplate(source, bosToken: "<s>", eosToken: "</s>", now: { seconds })
///     let prompt = try template.render([ChatMessage(role: "user", content: "hi")], tools: [], think: .off)
public struct JinjaChatTemplate: PromptSource {
    public let program: JinjaProgram
    public let capabilities: Set<ChatTemplate.Capability>
    public let thinkingTags: ThinkingTags?
    public let toolCallTag: String
    private let bosToken: String
    private let eosToken: String
    private let now: @Sendable () -> Int
    private let learned = LearnedSyntax()

    /// - Parameters:
    ///   - bosToken: the text of the model's token for the beginning; empty where it has none.
    ///   - now: local seconds since 1970, for `strftime_now`.
    public init(
        _ source: String, bosToken: String, eosToken: String, now: @escaping @Sendable () -> Int,
        limits: JinjaLimits = .default
    ) throws(ChatPromptError) {
        do throws(JinjaError) { program = try JinjaProgram(source, name: "chat_template", limits: limits) } catch {
            throw .jinja(error)
        }
        (self.bosToken, self.eosToken, self.now) = (bosToken, eosToken, now)
        let mentioned = ReplySyntax.mentioned(in: source)
        thinkingTags = Self.thinkingTags(of: source) ?? mentioned.thinking.first
        capabilities = Self.capabilities(of: source)
        toolCallTag = Self.callTags.first { source.contains($0) } ?? "{"
    }

    public func render(
        _ messages: [ChatMessage], tools: [ToolDefinition], think: ThinkSetting
    ) throws(ChatPromptError) -> String {
        try render(context(messages, tools, think))
    }

    /// The text that the template makes of a context given whole.
    package func render(_ context: JSONObject) throws(ChatPromptError) -> String {
        do throws(JinjaError) { return try program.render(context, now: JinjaTime(secondsSince1970: now())) } catch {
            throw .jinja(error)
        }
    }

    /// The prompt, and which node of the template wrote which of its bytes.
    ///
    /// - Parameters:
    ///   - addsGenerationPrompt: whether the beginning of the model's answer is asked for.
    ///   - showsImages: pictures are given as parts of a message's content, as transformers gives them, not left to the text.
    public func trace(
        _ messages: [ChatMessage], tools: [ToolDefinition], think: ThinkSetting, addsGenerationPrompt: Bool = true,
        showsImages: Bool = false
    ) throws(ChatPromptError) -> PromptTrace {
        var context = context(messages, tools, think)
        context["add_generation_prompt"] = .bool(addsGenerationPrompt)
        if showsImages { context["messages"] = .array(messages.map(\.jinjaValueWithImages)) }
        var trace = PromptTrace()
        do throws(JinjaError) {
            let (bytes, spans) = try program.renderTraced(context, now: JinjaTime(secondsSince1970: now()))
            trace.append(bytes, spans.map { .init(output: $0.output, source: $0.source, isText: $0.isText) })
        } catch {
            throw .jinja(error)
        }
        return trace
    }

    /// Learned from what the template writes for made-up replies, when it is first asked for.
    public var replySyntax: ReplySyntax? { learned.syntax(learn: learnSyntax) }

    private func learnSyntax() -> ReplySyntax {
        let probe = ReplySyntax.Probe.self
        func text(_ messages: [ChatMessage], open: Bool) -> String? {
            let trace = try? trace(messages, tools: probe.tools, think: .on, addsGenerationPrompt: open)
            return trace?.text.behindLast(probe.question.content)
        }
        return .learned(source: program.source, opening: text([probe.question], open: true)) { message in
            text([probe.question, message], open: false)
        }
    }

    /// What the template sees. `tools` and the settings of thinking are left out where they are not given, as in transformers.
    private func context(_ messages: [ChatMessage], _ tools: [ToolDefinition], _ think: ThinkSetting) -> JSONObject {
        var context: JSONObject = [
            "messages": .array(messages.map(\.jinjaValue)), "bos_token": .string(bosToken), "eos_token": .string(eosToken),
            "add_generation_prompt": true,
        ]
        if !tools.isEmpty { context["tools"] = .array(tools.map(\.json)) }
        if think.isSet {
            context["enable_thinking"] = .bool(think.isOn)
            context["thinking"] = .bool(think.isOn)
        }
        if case .level(let level) = think { context["reasoning_effort"] = .string(level) }
        return context
    }
}

// MARK: - What the text tells

extension JinjaChatTemplate {
    /// Ollama's rule for native templates: tools where it speaks of them, thinking where both tags are in it. Quern knows more tags
    /// than Ollama, and the headers of gpt-oss.
    public static func capabilities(of source: String) -> Set<ChatTemplate.Capability> {
        var capabilities: Set<ChatTemplate.Capability> = []
        if source.contains("tools") || source.contains("tool_call") { capabilities.insert(.tools) }
        let mentioned = ReplySyntax.mentioned(in: source)
        if thinkingTags(of: source) != nil || mentioned.capabilities.contains(.thinking) { capabilities.insert(.thinking) }
        return capabilities
    }

    private static let knownThinkingTags = [
        ThinkingTags.standard, ThinkingTags(opening: "[THINK]", closing: "[/THINK]"),
        ThinkingTags(opening: "<seed:think>", closing: "</seed:think>"),
        ThinkingTags(opening: "<|START_THINKING|>", closing: "<|END_THINKING|>"),
    ]

    /// The first pair that the template writes; of the standard one the closing tag is enough where it is split at.
    private static func thinkingTags(of source: String) -> ThinkingTags? {
        if source.contains("content.split('</think>')") { return .standard }
        return knownThinkingTags.first { source.contains($0.opening) && source.contains($0.closing) }
    }

    /// What begins a call in the families that have a sign of their own for it.
    private static let callTags = [
        "<tool_call>", "[TOOL_CALLS]", "<|tool_call_start|>", "<|START_ACTION|>", "<|tool_calls_section_begin|>",
        "<|python_tag|>", "<|tool_call|>", "<seed:tool_call>", "<minimax:tool_call>",
    ]
}

extension ChatMessage {
    /// The content as parts where pictures go with it.
    fileprivate var jinjaValueWithImages: JSONValue {
        guard imageCount > 0, var message = jinjaValue.object else { return jinjaValue }
        let images = Array(repeating: ["type": "image"] as JSONValue, count: imageCount)
        message["content"] = .array(images + [["type": "text", "text": .string(content)]])
        return .object(message)
    }

    /// As the chat API writes it: `arguments` an object, what is empty left out.
    fileprivate var jinjaValue: JSONValue {
        var message: JSONObject = ["role": .string(role), "content": .string(content)]
        if !thinking.isEmpty {
            message["thinking"] = .string(thinking)
            message["reasoning_content"] = .string(thinking)
        }
        if !toolCalls.isEmpty { message["tool_calls"] = .array(toolCalls.map(\.jinjaValue)) }
        if !toolName.isEmpty { message["name"] = .string(toolName) }
        if !toolCallID.isEmpty { message["tool_call_id"] = .string(toolCallID) }
        return .object(message)
    }
}

extension ToolCall {
    fileprivate var jinjaValue: JSONValue {
        var call: JSONObject = [:]
        if !id.isEmpty { call["id"] = .string(id) }
        call["type"] = "function"
        call["function"] = ["name": .string(name), "arguments": .object(arguments)]
        return .object(call)
    }
}

extension String {
    /// What follows the last place of a word; nil where it does not stand.
    fileprivate func behindLast(_ word: String) -> String? {
        let parts = split(separator: word, omittingEmptySubsequences: false)
        return parts.count > 1 ? parts.last.map(String.init) : nil
    }
}
