import Bytes
import ChatPrompt
import ModelManifest
import Packaging
import PromptProof
import Runner
import Tokenization

/// A prompt on its way to the model, and how what comes back is to be read.
struct PreparedPrompt: Sendable {
    let text: String
    let tokens: [TokenID]
    var options: RunOptions
    /// Nil where the answer is text and nothing else.
    let parser: ReplyParser?
}

/// What `/api/generate` asks for: one prompt, not a conversation.
public struct SinglePrompt: Sendable {
    public var text: String
    /// What the answer is to end before; empty where there is nothing.
    public var suffix = ""
    /// In place of the package's; empty is the package's.
    public var system = ""
    /// A Go template in place of the model's; empty is the model's.
    public var template = ""
    /// Tokens of an earlier exchange that goes on; nil where there was none.
    public var context: [Int]?
    /// Whether the text is the whole prompt, without a template.
    public var isRaw = false

    public init(_ text: String) { self.text = text }
}

extension ChatModel {
    /// The prompt for a conversation, with as much of it as the context holds.
    ///
    /// - Parameters:
    ///   - options: nil is the package's own.
    ///   - fits: whether the oldest messages are left out where the conversation is too long.
    ///   - addsSystem: whether the package's system text goes first where the first message is no system message.
    func prepare(
        _ messages: [ChatMessage], tools: [ToolDefinition] = [], think: ThinkSetting = .unset, options: RunOptions? = nil,
        fits: Bool = true, addsSystem: Bool = true
    ) throws -> PreparedPrompt {
        if think.isOn, !canThink { throw ServiceError.doesNotSupport(model: name, capability: "thinking") }
        if !tools.isEmpty, !capabilities.contains(.tools) { throw lacks("tools") }
        let think = think.resolved(canThink: canThink)
        let options = options ?? packageOptions
        let whole = addsSystem ? withSystem(messages) : messages
        var text = try template.fit(
            whole, tools: tools, think: think, contextLength: fits ? model.contextLength(for: options) : nil,
            countTokens: { self.tokens(of: $0).count }
        ).text
        // A format begins with the answer, so its header has to be in the prompt.
        let wantsAnswer = options.format != nil && !think.isOn && syntax?.headers != nil
        if think == .off || wantsAnswer { text += endOfThinking(after: text, whole, tools) }
        return prepared(
            text, PromptTokens.guarded(Array(text.utf8), messages, by: model.tokenizer), template: template, tools: tools, think,
            options)
    }

    /// The prompt for a single question, for text between two others, or the text as it is.
    func prepare(
        _ prompt: SinglePrompt, think: ThinkSetting = .unset, options: RunOptions? = nil, fits: Bool = true
    ) throws -> PreparedPrompt {
        let options = options ?? packageOptions
        if prompt.isRaw {
            return PreparedPrompt(text: prompt.text, tokens: tokens(of: prompt.text), options: options, parser: nil)
        }
        if think.isOn, !canThink { throw ServiceError.doesNotSupport(model: name, capability: "thinking") }
        let think = think.resolved(canThink: canThink)
        if !prompt.suffix.isEmpty {
            guard let template = template as? ChatTemplate, template.capabilities.contains(.insert) else {
                throw lacks("insert")
            }
            let text = try template.render(prompt: prompt.text, suffix: prompt.suffix, think: think)
            return prepared(text, tokens(of: text), template: template, tools: [], think, options)
        }
        let messages = conversation(of: prompt)
        guard prompt.template.isEmpty else {
            let template = try ChatTemplate(prompt.template, today: LocalCalendar.today)
            let text = try template.render(messages, think: think)
            return prepared(text, tokens(of: text), template: template, tools: [], think, options, after: prompt.context)
        }
        var made = try prepare(messages, think: think, options: options, fits: fits)
        if let context = prompt.context {
            made = PreparedPrompt(
                text: made.text, tokens: joined(context, made.tokens), options: made.options, parser: made.parser)
        }
        return made
    }

    /// Ollama tells these two by the model's full name.
    private func lacks(_ capability: String) -> ServiceError {
        .lacks(model: package?.name.description ?? name, capability: capability)
    }

    /// The question with what goes before it: the system text, and the example conversation unless an earlier exchange goes on.
    private func conversation(of prompt: SinglePrompt) -> [ChatMessage] {
        let system = prompt.system.isEmpty ? self.system : prompt.system
        return (system.isEmpty ? [] : [ChatMessage(role: "system", content: system)])
            + (prompt.context == nil ? history : []) + [ChatMessage(role: "user", content: prompt.text)]
    }

    /// An earlier exchange and what is said now, with the token for the beginning at its beginning only. Numbers that are no tokens
    /// of this model are left out.
    private func joined(_ context: [Int]?, _ tokens: [TokenID]) -> [TokenID] {
        let vocabulary = model.tokenizer.vocabulary
        let earlier = (context ?? []).compactMap { TokenID(exactly: $0) }.filter { $0 >= 0 && $0 < vocabulary.count }
        guard !earlier.isEmpty, let bos = vocabulary.bos, tokens.first == bos else { return earlier + tokens }
        return earlier + tokens.dropFirst()
    }

    private func prepared(
        _ text: String, _ tokens: [TokenID], template: any PromptSource, tools: [ToolDefinition], _ think: ThinkSetting,
        _ options: RunOptions, after context: [Int]? = nil
    ) -> PreparedPrompt {
        var options = options
        options.format?.thinking = formatThinking(after: text, think)
        options.reply = replyTokens(think)
        return PreparedPrompt(
            text: text, tokens: joined(context, tokens), options: options,
            parser: template.replyParser(prompt: text, tools: tools, think: think, syntax: syntax))
    }
}
