import Bytes
import ChatPrompt
import GGUF
import Glibc
import JSONText
import ModelService
import PromptProof
import Tokenization

/// The prompt of a conversation as a model gets it: coloured by role, with its tokens, and again when a file changes.
struct PromptView {
    private let jinja: String?
    private let go: String?
    private let messages: String
    private let seconds: Int
    private let showsTokens: Bool
    private let isJSON: Bool
    private let subject: PromptSubject
    private let tokenizer: Tokenizer?

    /// - Parameters:
    ///   - model: whose templates and vocabulary are used; nil where a template's file is given.
    ///   - seconds: local seconds since 1970, for templates that ask.
    init(
        model: String?, jinja: String?, go: String?, messages: String, seconds: Int, showsTokens: Bool, isJSON: Bool
    ) throws {
        (self.jinja, self.go, self.messages) = (jinja, go, messages)
        (self.seconds, self.showsTokens, self.isJSON) = (seconds, showsTokens, isJSON)
        subject =
            try model.map { try LocalModels.onHost(for: $0).promptSubject($0) } ?? PromptSubject(name: jinja ?? go ?? "template")
        tokenizer = try subject.metadata.map { try Tokenizer(metadata: $0) }
    }

    // MARK: - Once

    func show() throws {
        let conversation = try WrittenConversation(path: messages)
        let prompt = try render(conversation)
        let tokens = tokenizer.map { PromptTokens.asTrained(prompt.bytes, by: $0) }
        if isJSON {
            var answer: JSONObject = ["prompt": .string(prompt.text)]
            if let ids = tokens?.ids {
                answer["count"] = .number(JSONNumber(ids.count))
                answer["tokens"] = .array(ids.map { .number(JSONNumber(Int($0))) })
            }
            return try Console.putLine(JSONValue.object(answer).text())
        }
        let isColoured = Console.allowsColour(.output)
        try Console.put(isColoured ? coloured(prompt.bytes, conversation.messages) : prompt.text)
        if Console.isTerminal(.output) || showsTokens { try Console.putLine() }
        guard let tokens, let tokenizer else { return }
        if showsTokens { try Console.put(Self.table(tokens, tokenizer)) }
        Console.note("\(tokens.ids.count) tokens")
    }

    /// The RENDERER or the TEMPLATE where there is one, else the embedded template: as Quern runs models. A file given takes the place of both.
    private func render(_ conversation: WrittenConversation) throws -> PromptTrace {
        let think = conversation.think
        let tagged = ChatMessage.taggingImages(conversation.messages)
        let renderer = subject.rendererSource
        let goSource =
            try go.map { try ByteRegion.mapping($0).text() } ?? (jinja == nil && renderer == nil ? subject.template : nil)
        if let goSource {
            let template = try ChatTemplate(goSource, today: { seconds / 86_400 })
            let think = think.resolved(canThink: template.capabilities.contains(.thinking))
            return try template.trace(tagged, tools: conversation.tools, think: think)
        }
        guard let source = try jinja.map({ try ByteRegion.mapping($0).text() }) ?? renderer ?? subject.reference else {
            return try ChatTemplate(ChatTemplate.fallbackSource, today: { seconds / 86_400 }).trace(tagged)
        }
        let vocabulary = tokenizer?.vocabulary
        func text(_ id: TokenID?) -> String { id.flatMap { id in vocabulary?.text(of: id) } ?? "" }
        let template = try JinjaChatTemplate(
            source, bosToken: text(vocabulary?.bos), eosToken: text(vocabulary?.eos), now: { seconds })
        return try template.trace(
            renderer == nil ? conversation.messages : tagged, tools: conversation.tools,
            think: think.resolved(canThink: template.capabilities.contains(.thinking)), showsImages: true)
    }

    private static func table(_ tokens: PromptTokens, _ tokenizer: Tokenizer) -> String {
        var table = TextTable()
        table.add(["ID", "TEXT"])
        for id in tokens.ids {
            let text = String(decoding: tokenizer.bytes(of: id, special: true), as: UTF8.self)
            table.add([String(id), JSONValue.string(text).text()])
        }
        return table.text
    }

    // MARK: - Colours

    private func coloured(_ prompt: [UInt8], _ messages: [ChatMessage]) -> String {
        PromptRegion.regions(of: prompt, messages).map { region in
            let text = String(decoding: prompt[region.range], as: UTF8.self).withoutControls
            // Terminals forget a colour at the end of a line only if told to.
            return text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : "\u{1B}[\(Self.code(of: region.role))m\($0)\u{1B}[0m" }.joined(separator: "\n")
        }.joined()
    }

    private static func code(of role: String?) -> String {
        switch role {
        case nil: "2"
        case "system": "35"
        case "user": "36"
        case "assistant": "32"
        case "tool": "33"
        default: "34"
        }
    }

    // MARK: - Again and again

    /// How often files are looked at, in microseconds.
    private static let interval: UInt32 = 200_000

    /// Shows the prompt whenever one of the files is another than before, until the user interrupts.
    func watch() throws {
        var shown: [FileStatus?]?
        while !Interruption.isRequested {
            let state = [messages, jinja, go].map { path in path.flatMap { try? FileStatus.ifPresent($0) } }
            if state != shown {
                shown = state
                if Console.isTerminal(.output) { try Console.put("\u{1B}[2J\u{1B}[H") }
                // A file that is being written is wrong for a moment; that is worth a line, not the end.
                do { try show() } catch { Console.note("\(error)") }
                if !Console.isTerminal(.output) { try Console.putLine() }
            }
            _ = usleep(Self.interval)
        }
        throw Interrupted()
    }
}

/// A conversation from a file: an array of messages, or an object with `messages`, `tools` and `think`.
private struct WrittenConversation {
    let messages: [ChatMessage]
    let tools: [ToolDefinition]
    let think: ThinkSetting

    init(path: String) throws {
        let value = try JSONValue(parsing: try ByteRegion.mapping(path).bytes())
        let list = value.array ?? value["messages"]?.array
        guard let list else { throw ChatPromptError.shape(path: path, found: value.kind, wanted: "an array of messages") }
        var messages: [ChatMessage] = []
        for (index, message) in list.enumerated() {
            messages.append(try ChatMessage(message, path: "\(path): messages[\(index)]"))
        }
        var tools: [ToolDefinition] = []
        for (index, tool) in (value["tools"]?.array ?? []).enumerated() {
            tools.append(try ToolDefinition(tool, path: "\(path): tools[\(index)]"))
        }
        (self.messages, self.tools) = (messages, tools)
        switch value["think"] {
        case .bool(let isOn)?: think = isOn ? .on : .off
        case .string(let level)?: think = .level(level)
        default: think = .unset
        }
    }
}
