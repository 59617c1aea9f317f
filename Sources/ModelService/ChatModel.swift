public import BuildPipeline
import Bytes
public import ChatPrompt
import Compute
import GGUF
import JSONText
import ModelManifest
import ModelStore
public import Packaging
import PromptProof
public import Runner
import Sampling
import Synchronization
public import Tokenization

/// A model that can be talked to: its weights, its template, what its package says of system text, options and messages.
///
/// As many replies at once as it has slots, each on its caller's thread; between replies it keeps what the beginning of a
/// conversation cost to compute.
public final class ChatModel: Sendable {
    public let name: String
    /// The package; nil for a GGUF file by itself.
    public let package: PackageView?
    public let model: LoadedModel
    /// The package's `RENDERER`, else its Go template, else the Jinja template inside the weights.
    public let template: any PromptSource
    /// How replies are read: the package's `PARSER`, else what the template shows; nil leaves it to Ollama's rule for Go templates.
    public let syntax: ReplySyntax?
    /// What template and parser can do.
    public let capabilities: Set<ChatTemplate.Capability>
    /// Says why the template is not the one that the weights bring, where that is so.
    public let templateNote: String?
    /// Ollama's defaults, overlaid by the package's parameters.
    public let packageOptions: RunOptions
    /// A smaller model that guesses ahead; its text is this model's all the same.
    private let draft: LoadedModel?
    /// Says why the package's draft model is not used, where that is so.
    public let draftNote: String?
    public let room: ReplyRoom
    let generator = Mutex<(made: TextGenerator, options: RunOptions)?>(nil)

    /// The system text of the package.
    public var system: String { package?.system ?? "" }
    /// The example conversation of the package.
    public var history: [ChatMessage] { package?.messages.map { ChatMessage(role: $0.role, content: $0.content) } ?? [] }
    public var canThink: Bool { capabilities.contains(.thinking) }

    init(
        name: String, weightsPath: String, package: PackageView?, adapters: [AdapterSource] = [], draftPath: String? = nil,
        room: ReplyRoom = .single
    ) throws {
        self.name = name
        self.package = package
        self.room = room
        try package?.checkRequirement()
        var options = RunOptions()
        try options.apply(package?.parameters ?? JSONObject())
        if let type = try RunOptions.cacheType(named: OllamaEnvironment.ofProcess["OLLAMA_KV_CACHE_TYPE"]) {
            options.cacheType = type
        }
        packageOptions = options
        model = try LoadedModel(path: weightsPath) { try LocalModels.adapters(of: package, and: adapters, for: $0) }
        (draft, draftNote) = try Self.draft(for: model, of: package, path: draftPath)
        (template, templateNote) = try Self.prompts(name: name, package: package, model: model)
        syntax = Self.syntax(of: package, model: model, template: template)
        capabilities = template.capabilities.union(syntax?.capabilities ?? [])
    }

    /// The draft model that was asked for, or the package's. One that a package brings and that cannot guess for the model is left out:
    /// it would change nothing but the time.
    private static func draft(
        for model: LoadedModel, of package: PackageView?, path: String?
    ) throws -> (draft: LoadedModel?, note: String?) {
        if let path {
            let draft = try LoadedModel(path: path)
            try draft.checkVocabulary(asDraftFor: model)
            return (draft, nil)
        }
        guard let packaged = package?.draft else { return (nil, nil) }
        do {
            let draft = try LoadedModel(path: packaged.path)
            try draft.checkVocabulary(asDraftFor: model)
            return (draft, nil)
        } catch {
            return (nil, "the package's draft model cannot be used: \(error)")
        }
    }

    /// The template that runs, and what there is to say about the choice.
    private static func prompts(
        name: String, package: PackageView?, model: LoadedModel
    ) throws -> (template: any PromptSource, note: String?) {
        let renderer = package?.config.renderer ?? ""
        if renderer.isEmpty, let source = package?.template { return (try ChatTemplate(source, today: LocalCalendar.today), nil) }
        let fallback = { try ChatTemplate(ChatTemplate.fallbackSource, today: LocalCalendar.today) }
        let vocabulary = model.tokenizer.vocabulary
        func jinja(_ source: String) throws -> JinjaChatTemplate {
            try JinjaChatTemplate(
                source, bosToken: vocabulary.bos.map(vocabulary.text) ?? "", eosToken: vocabulary.eos.map(vocabulary.text) ?? "",
                now: LocalCalendar.now)
        }
        if let source = NamedRenderer.source(named: renderer, model: name, parameterCount: model.file.parameterCount) {
            return (try jinja(source), nil)
        }
        guard let source = model.file.metadata.string(GGUFKey.chatTemplate) else {
            if renderer.isEmpty { return (try fallback(), nil) }
            throw ServiceError.unsupportedLayer(model: name, layer: "the unknown renderer '\(renderer)'")
        }
        do {
            let note = renderer.isEmpty ? nil : "the renderer '\(renderer)' is unknown; the template inside the weights is used"
            return (try jinja(source), note)
        } catch {
            return (
                try fallback(),
                "the template inside the weights of '\(name)' cannot be used, and the prompt goes to the model as it is: \(error)"
            )
        }
    }

    /// Answers a conversation.
    ///
    /// Waits while as many replies as there are slots are on their way.
    ///
    /// - Parameters:
    ///   - messages: all of it; the package's system text is put in front where the first message is no system message.
    ///   - think: `unset` is on for a model that can think, as in Ollama.
    ///   - options: nil is the package's own.
    ///   - emit: gets each part of the answer as soon as it is certain.
    ///
    /// Special tokens in the words of users and tools are read as plain text: only the template begins and ends turns.
    public func reply(
        to messages: [ChatMessage], tools: [ToolDefinition] = [], think: ThinkSetting = .unset, options: RunOptions? = nil,
        isCancelled: () -> Bool = { false }, emit: (ReplyParser.Event) throws -> Void
    ) throws -> GenerationSummary {
        let prompt = try prepare(messages, tools: tools, think: think, options: options)
        return try answer(prompt, isCancelled: isCancelled, emit: emit)
    }

    /// Continues a prompt, and reads the answer as the prompt's template means it.
    ///
    /// - Parameters:
    ///   - onToken: gets the probabilities that each token of the answer was drawn from, before its text.
    ///   - emit: gets each part of the answer as soon as it is certain.
    func answer(
        _ prompt: PreparedPrompt, isCancelled: () -> Bool, onToken: ((LogProbabilities) throws -> Void)? = nil,
        emit: (ReplyParser.Event) throws -> Void
    ) throws -> GenerationSummary {
        let generator = try generator(for: prompt.options)
        guard var parser = prompt.parser else {
            return try generator.generate(
                prompt.tokens, options: prompt.options, isCancelled: isCancelled, onToken: onToken
            ) { try emit(.content($0)) }
        }
        let summary = try generator.generate(
            prompt.tokens, options: prompt.options, isCancelled: isCancelled, onToken: onToken
        ) { text in
            for event in parser.consume(text) { try emit(event) }
        }
        for event in parser.finish() { try emit(event) }
        return summary
    }

    /// The prompt's tokens: special tokens in it count as such, and the token for the beginning comes once.
    public func tokens(of prompt: String) -> [TokenID] {
        let ids = model.tokenizer.encode(prompt, bos: false, eos: false, parseSpecial: true)
        guard model.tokenizer.addsBOS, let bos = model.tokenizer.vocabulary.bos, ids.first != bos else { return ids }
        return [bos] + ids
    }

    /// The whole prompt for a conversation, however long.
    public func prompt(
        for messages: [ChatMessage], tools: [ToolDefinition] = [], think: ThinkSetting = .unset
    ) throws -> String {
        try template.render(withSystem(messages), tools: tools, think: think.resolved(canThink: canThink))
    }

    func withSystem(_ messages: [ChatMessage]) -> [ChatMessage] {
        guard !system.isEmpty, messages.first?.role != "system" else { return messages }
        return [ChatMessage(role: "system", content: system)] + messages
    }

    /// Makes what answers with these options need, so that the first answer does not wait for it.
    func warmUp(_ options: RunOptions) throws { _ = try generator(for: options) }

    /// The generator, made anew when the context, the batch or the threads change; replies on their way keep the one they have.
    func generator(for options: RunOptions) throws -> TextGenerator {
        try generator.withLock { generator in
            if let (made, used) = generator, used.contextLength == options.contextLength,
                used.batchLength == options.batchLength, used.threads == options.threads,
                used.cacheType == options.cacheType, used.usesLookup == options.usesLookup
            {
                return made
            }
            generator = nil
            let pool = ThreadPool(threads: options.threads ?? ThreadPool.defaultThreadCount())
            let made = try TextGenerator(
                model: model, options: options, draft: draft, slots: room.slots, shelfCapacity: room.shelfByteCount, pool: pool)
            generator = (made, options)
            return made
        }
    }
}

extension LocalModels {
    /// Opens a model for talking.
    ///
    /// - Parameters:
    ///   - adapters: what is added to the weights, besides the package's own adapters.
    ///   - draft: a model or a file that guesses ahead, instead of the package's own draft.
    public func open(
        _ text: String, adapters: [AdapterSource] = [], draft: String? = nil, room: ReplyRoom = .single
    ) throws -> ChatModel {
        let reference = try reference(text)
        let draftPath = try draft.map { try weightsPath(of: try self.reference($0)) }
        switch reference {
        case .file(let path):
            return try ChatModel(
                name: reference.displayName, weightsPath: path, package: nil, adapters: adapters, draftPath: draftPath,
                room: room)
        case .stored(let stored):
            return try open(stored, name: reference.displayName, adapters: adapters, draftPath: draftPath, room: room)
        }
    }

    /// Opens a package for talking.
    func open(
        _ stored: StoredModel, name: String, adapters: [AdapterSource] = [], draftPath: String? = nil, room: ReplyRoom = .single
    ) throws -> ChatModel {
        let package = try PackageView(stored, in: store)
        guard let weights = package.weights else {
            throw package.config.format == "safetensors"
                ? ServiceError.unsupportedFormat(model: name, format: package.config.format) : ServiceError.noWeights(name)
        }
        return try ChatModel(
            name: name, weightsPath: weights.path, package: package, adapters: adapters, draftPath: draftPath, room: room)
    }
}
