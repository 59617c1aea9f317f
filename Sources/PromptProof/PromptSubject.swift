public import ChatPrompt
public import GGUF
import GoTemplate
public import JSONText
import JinjaTemplate
public import Tokenization

/// Everything about a model that decides what its prompts look like and where its replies end.
public struct PromptSubject: Sendable {
    public var name: String
    /// The Modelfile's or the package's TEMPLATE; nil where there is none.
    public var template: String?
    /// The model's own Jinja template; nil where there is none.
    public var reference: String?
    /// Templates for special cases by name (`tokenizer.chat_template.tool_use`).
    public var variants: [String: String] = [:]
    /// The metadata of the weights; nil where only templates are at hand.
    public var metadata: GGUFMetadata?
    /// tokenizer_config.json and generation_config.json of a checkpoint.
    public var tokenizerConfig = JSONObject()
    public var generationConfig = JSONObject()
    /// `PARAMETER stop`.
    public var stops: [String] = []
    public var renderer = ""
    public var parser = ""
    /// A package of the store; nothing will be attached to it any more.
    public var isPackage = false
    /// A projector goes with the weights.
    public var hasProjector = false

    public init(name: String, metadata: GGUFMetadata? = nil) {
        self.name = name
        self.metadata = metadata
        reference = metadata?.string(GGUFKey.chatTemplate)
        let prefix = GGUFKey.chatTemplate(named: "")
        for key in metadata?.keys ?? [] where key.hasPrefix(prefix) {
            variants[String(key.dropFirst(prefix.count))] = metadata?.string(key)
        }
    }
}

extension PromptSubject {
    /// The template behind `RENDERER`; nil where there is none, or none of that name.
    public var rendererSource: String? {
        let size = metadata?.int(GGUFKey.parameterCount)
        return renderer.isEmpty ? nil : NamedRenderer.source(named: renderer, model: name, parameterCount: size)
    }
}

/// A subject with its templates parsed and its vocabulary read.
public struct PreparedSubject: Sendable {
    public let subject: PromptSubject
    public let template: ChatTemplate?
    /// The template behind `RENDERER`; nil where there is none, or none of that name.
    public let renderer: JinjaChatTemplate?
    /// What is compared with the model's own template.
    var provable: (any ProvableTemplate)? {
        if let renderer { return renderer }
        return template
    }
    public let reference: JinjaChatTemplate?
    public let tokenizer: Tokenizer?
    /// What could not be prepared, and what follows from it.
    public let notes: [String]
    /// The model's own template asks for more work than a prompt is worth, and is not run.
    let runaway: String?

    /// What a template may do for one of the battery's conversations, which are short: far more than any honest one does.
    private static let jinjaLimits = JinjaLimits(steps: 400_000, outputBytes: 1 << 20, elements: 100_000)
    private static let goLimits = TemplateLimits(steps: 400_000, outputBytes: 1 << 20)

    /// A day on which both templates are told to run, so that a date in a prompt differs only where the templates do.
    private static let today = 20_000

    /// - Throws: `ChatPromptError` for a TEMPLATE that does not parse.
    public init(_ subject: PromptSubject) throws(ChatPromptError) {
        var notes: [String] = []
        var tokenizer: Tokenizer?
        if let metadata = subject.metadata {
            do { tokenizer = try Tokenizer(metadata: metadata) } catch {
                notes.append("texts are compared, not tokens, because the vocabulary cannot be used: \(error)")
            }
        } else {
            notes.append("texts are compared, not tokens, because no model was given")
        }
        let vocabulary = tokenizer?.vocabulary
        func jinja(_ source: String) throws(ChatPromptError) -> JinjaChatTemplate {
            func text(_ id: TokenID?) -> String { id.flatMap { id in vocabulary?.text(of: id) } ?? "" }
            return try JinjaChatTemplate(
                source, bosToken: text(vocabulary?.bos), eosToken: text(vocabulary?.eos), now: { Self.today * 86_400 },
                limits: Self.jinjaLimits)
        }
        var reference: JinjaChatTemplate?
        if let source = subject.reference {
            do { reference = try jinja(source) } catch { notes.append("the model's own template cannot be used: \(error)") }
        }
        renderer = try subject.rendererSource.map { source throws(ChatPromptError) in try jinja(source) }
        template = try subject.template.map { source throws(ChatPromptError) in
            try ChatTemplate(source, today: { Self.today }, limits: Self.goLimits)
        }
        let trial = [ChatMessage(role: "user", content: "hi")]
        if let template {
            do throws(ChatPromptError) { _ = try template.render(trial) } catch {
                // Anything else that fails is told conversation by conversation.
                if case .template(.limit) = error { throw error }
            }
        }
        runaway = reference.flatMap { Self.limit(of: $0, trial) }
        if runaway != nil { reference = nil }
        (self.subject, self.reference, self.tokenizer, self.notes) = (subject, reference, tokenizer, notes)
    }

    /// The limit that a template runs into, if it does.
    private static func limit(of template: JinjaChatTemplate, _ messages: [ChatMessage]) -> String? {
        do throws(ChatPromptError) {
            _ = try template.render(messages, tools: [], think: .unset)
            return nil
        } catch {
            guard case .jinja(.limit(let fault)) = error else { return nil }
            return fault.problem
        }
    }
}
