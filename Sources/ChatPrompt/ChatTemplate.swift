public import GoTemplate

/// A model's Go template with Ollama's way of running it: messages collated, the older single-turn templates run turn by turn.
///
///     let template = try ChatTemplate(modelfileTemplate)
///     let prompt = try template.render([ChatMessage(role: "user", content: "hi")], think: .on)
public struct ChatTemplate: Sendable {
    /// The template, with `{{ .Response }}` at its end where it mentions neither `.Messages` nor `.Response`.
    public let template: ParsedTemplate
    /// The tags that the template puts round the thinking of earlier turns; nil where it has none.
    public let thinkingTags: ThinkingTags?
    /// What begins a tool call in a reply.
    public let toolCallTag: String
    public let capabilities: Set<Capability>
    private let mentionsMessages: Bool

    /// What a template shows a model to be able to do.
    public enum Capability: String, Sendable, CaseIterable {
        /// It writes out the tools that may be called.
        case tools
        /// It can ask for what lies between two texts.
        case insert
        /// It writes out what was thought.
        case thinking
    }

    /// - Parameter today: days since 1970-01-01 in the local calendar, for `currentDate`.
    public init(
        _ source: String, today: @escaping @Sendable () -> Int, limits: TemplateLimits = .default
    ) throws(ChatPromptError) {
        let parsed: ParsedTemplate
        do { parsed = try ParsedTemplate(source, functions: .ollama(today: today), limits: limits) } catch {
            throw .template(error)
        }
        self.init(parsed)
    }

    /// - Parameter parsed: with the functions of Ollama.
    public init(_ parsed: ParsedTemplate) {
        let names = parsed.mentionedNames
        mentionsMessages = names.contains("messages")
        let isComplete = mentionsMessages || names.contains("response")
        template = isComplete ? parsed : parsed.appendingField("Response")
        thinkingTags = ThinkingTags(inferredFrom: template)
        toolCallTag = ToolCallParser.tag(inferredFrom: template)
        var capabilities: Set<Capability> = []
        if names.contains("tools") { capabilities.insert(.tools) }
        if names.contains("suffix") { capabilities.insert(.insert) }
        if thinkingTags != nil { capabilities.insert(.thinking) }
        self.capabilities = capabilities
    }

    /// The template of a model that brings none.
    public static let fallbackSource = "{{ .Prompt }}"
}

// MARK: - Rendering

extension ChatTemplate {
    /// The prompt for a conversation, up to where the model's answer begins.
    public func render(
        _ messages: [ChatMessage], tools: [ToolDefinition] = [], think: ThinkSetting = .unset
    ) throws(ChatPromptError) -> String {
        var output: [UInt8] = []
        for (template, data) in runs(messages, tools, think) { output += try run(template, data) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The same prompt, and which node of the template wrote which of its bytes.
    public func trace(
        _ messages: [ChatMessage], tools: [ToolDefinition] = [], think: ThinkSetting = .unset
    ) throws(ChatPromptError) -> PromptTrace {
        var trace = PromptTrace()
        for (template, data) in runs(messages, tools, think) {
            do throws(TemplateError) {
                let (bytes, spans) = try template.renderTraced(data)
                trace.append(bytes, spans.map { .init(output: $0.output, source: $0.source, isText: $0.isText) })
            } catch {
                throw .template(error)
            }
        }
        return trace
    }

    /// What has to be run, one after another, for a conversation's prompt.
    private func runs(
        _ messages: [ChatMessage], _ tools: [ToolDefinition], _ think: ThinkSetting
    ) -> [(template: ParsedTemplate, data: TemplateValue)] {
        let (system, collated) = ChatMessage.collated(messages)
        guard mentionsMessages else { return turns(collated, think) }
        let data = Self.data(
            [
                ("System", .text(system)), ("Messages", ChatMessage.templateValue(collated)),
                ("Tools", ToolDefinition.templateValue(tools)), ("Response", ""),
            ], think)
        return [(template, data)]
    }

    /// The prompt that asks for what lies between `prompt` and `suffix`.
    public func render(
        prompt: String, suffix: String, think: ThinkSetting = .unset
    ) throws(ChatPromptError) -> String {
        let data = Self.data([("Prompt", .text(prompt)), ("Suffix", .text(suffix)), ("Response", "")], think)
        return String(decoding: try run(template, data), as: UTF8.self)
    }

    private static func data(_ members: [(String, TemplateValue)], _ think: ThinkSetting) -> TemplateValue {
        let thinking: [(String, TemplateValue)] = [
            ("Think", .bool(think.isOn)), ("ThinkLevel", .text(think.level)), ("IsThinkSet", .bool(think.isSet)),
        ]
        return .map(TemplateMap(members + thinking))
    }

    private func run(_ template: ParsedTemplate, _ data: TemplateValue) throws(ChatPromptError) -> [UInt8] {
        do { return try template.renderBytes(data) } catch { throw .template(error) }
    }

    /// One turn of an older template: what was said since the last one.
    private struct Turn {
        var system = ""
        var prompt = ""
        var response = ""

        var isAnswered: Bool { !response.isEmpty }
        var isBegun: Bool { !prompt.isEmpty || isAnswered }

        func data(_ think: ThinkSetting) -> TemplateValue {
            ChatTemplate.data([("System", .text(system)), ("Prompt", .text(prompt)), ("Response", .text(response))], think)
        }
    }

    /// A template without `.Messages` knows one system text, one prompt and one response: it runs once for each turn, and for the
    /// last one only up to the response.
    private func turns(_ messages: [ChatMessage], _ think: ThinkSetting) -> [(template: ParsedTemplate, data: TemplateValue)] {
        var runs: [(template: ParsedTemplate, data: TemplateValue)] = []
        var turn = Turn()
        for message in messages {
            switch message.role {
            case "system":
                if turn.isBegun {
                    runs.append((template, turn.data(think)))
                    turn = Turn()
                }
                turn.system = message.content
            case "user":
                if turn.isAnswered {
                    runs.append((template, turn.data(think)))
                    turn = Turn()
                }
                turn.prompt = message.content
            case "assistant": turn.response = message.content
            default: break
            }
        }
        return runs + [(template.cutAfterField("Response"), turn.data(think))]
    }
}
