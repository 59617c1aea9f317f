import ChatPrompt
import ConstrainedDecoding
import JSONText
import ModelManifest
import Runner
import Sampling
import Synchronization
import Tokenization

extension ModelHost {
    /// Answers a request: loads its model, waits for its turn, and has a thread of its own make the answer.
    ///
    /// An empty request loads the model, or unloads it where it is to be kept for no time at all.
    ///
    /// - Throws: before the answer begins, what is wrong with the request; what goes wrong later comes from the answer's `next`.
    public func reply(to request: ReplyRequest) async throws -> Reply {
        let start = ContinuousClock.now
        let wanted = try want(request.model, for: .reply, request.keepAlive)
        try check(wanted, can: "completion", called: request.isConversation ? "chat" : "generate")
        if request.isEmpty, (request.keepAlive ?? settings.keepAlive).isImmediate {
            unload(wanted.stored)
            return Reply(ReplyEnd(.unload))
        }
        try Self.check(request)
        guard case .chat(let chat) = try await take(wanted) else { preconditionFailure("a model for replies makes none") }
        var end = ReplyEnd(.load)
        end.loadDuration = start.duration(to: .now)
        if request.isEmpty {
            release(wanted)
            end.totalDuration = start.duration(to: .now)
            return Reply(end)
        }
        let channel = ReplyChannel<ReplyPart>(capacity: settings.unreadPieces)
        let (settings, loadDuration) = (settings, end.loadDuration)
        WorkerThread.start {
            let result = Result {
                try Self.answer(request, with: chat.model, settings, into: channel)
            }
            // The model is free before the client learns that the answer is complete.
            Task {
                await self.release(wanted)
                switch result {
                case .success(var end):
                    (end.loadDuration, end.totalDuration) = (loadDuration, start.duration(to: .now))
                    channel.finish(last: .end(end))
                case .failure(let error): channel.finish(.failure(error))
                }
            }
        }
        return Reply(channel)
    }

    /// The prompt that the request's answer would start from.
    public func prompt(of request: ReplyRequest) async throws -> String { try await prepared(request).text }

    /// The tokens of that prompt, counted.
    public func promptLength(of request: ReplyRequest) async throws -> Int { try await prepared(request).tokens.count }

    private func prepared(_ request: ReplyRequest) async throws -> PreparedPrompt {
        let wanted = try want(request.model, for: .reply, request.keepAlive)
        try check(wanted, can: "completion", called: request.isConversation ? "chat" : "generate")
        try Self.check(request)
        guard case .chat(let chat) = try await take(wanted) else { preconditionFailure("a model for replies makes none") }
        let settings = settings
        let result = await Swift.Result.catching {
            try await WorkerThread.run { try Self.prepare(request, with: chat.model, settings) }
        }
        release(wanted)
        return try result.get()
    }

    /// What a request needs.
    func want(_ model: String, for use: Resident.Use, _ keepAlive: KeepAlive?) throws -> Wanted {
        let requested = try RequestedModel(model)
        return Wanted(stored: try models.stored(requested), name: requested.text, use: use, keepAlive: keepAlive)
    }

    /// - Parameter name: what Ollama calls the capability.
    func check(_ wanted: Wanted, can capability: String, called name: String) throws {
        let capabilities = catalogue.entry(for: wanted.stored).capabilities
        guard capabilities.isEmpty || capabilities.contains(capability) else {
            throw ServiceError.doesNotSupport(model: wanted.name, capability: name)
        }
    }

    private static func check(_ request: ReplyRequest) throws {
        guard case .single(let prompt) = request.prompt, prompt.isRaw else { return }
        if !prompt.template.isEmpty || !prompt.system.isEmpty || prompt.context?.isEmpty == false {
            throw ServiceError.rawWithTemplate
        }
    }

    private static func answer(
        _ request: ReplyRequest, with chat: ChatModel, _ settings: HostSettings, into channel: ReplyChannel<ReplyPart>
    ) throws -> ReplyEnd {
        let prompt = try prepare(request, with: chat, settings)
        let tokenizer = chat.model.tokenizer
        let tell = { (found: LogProbabilities) in channel.send(.probability(TokenProbability(found, by: tokenizer))) }
        let summary = try chat.answer(
            prompt, isCancelled: { channel.isClosed }, onToken: request.likeliestTokens == nil ? nil : tell
        ) { event in
            channel.send(.event(event.withCallID))
        }
        if summary.endReason == .cancelled { throw CancellationError() }
        var end = ReplyEnd(summary.endReason == .length ? .length : .stop)
        end.summary = summary
        // A raw prompt has no context, as in Ollama.
        if case .single = request.prompt, prompt.parser != nil { end.context = (prompt.tokens + summary.tokens).map(Int.init) }
        return end
    }

    private static func prepare(
        _ request: ReplyRequest, with chat: ChatModel, _ settings: HostSettings
    ) throws -> PreparedPrompt {
        var options = chat.packageOptions
        try options.apply(request.options)
        options.contextLength = options.contextLength ?? settings.contextLength
        options.topLogProbabilities = request.likeliestTokens ?? 0
        options.format = request.format.map { ReplyFormat($0) }
        let think = request.thinksIfAble && request.think.isOn && !chat.canThink ? .unset : request.think
        var prompt: PreparedPrompt
        switch request.prompt {
        case .conversation(let messages, let tools):
            // A system message at the front replaces the package's; the example conversation goes before both, as in Ollama.
            prompt = try chat.prepare(
                chat.history + messages, tools: tools, think: think, options: options, fits: request.truncates,
                addsSystem: messages.first?.role != "system")
        case .single(let single):
            prompt = try chat.prepare(single, think: think, options: options, fits: request.truncates)
        }
        guard !request.shifts else { return prompt }
        let room = chat.model.contextLength(for: options) - prompt.tokens.count
        guard room > 0 else { throw ServiceError.promptExceedsContext }
        prompt.options.predict = options.predict < 0 ? room : min(options.predict, room)
        return prompt
    }
}

extension ReplyParser.Event {
    /// A call gets a name of its own where the model gave it none: `call_` and eight letters or digits, as Ollama's have.
    fileprivate var withCallID: Self {
        guard case .toolCall(var call) = self, call.id.isEmpty else { return self }
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        call.id = "call_" + String((0..<8).map { _ in letters[Int.random(in: letters.indices)] })
        return .toolCall(call)
    }
}

extension Result where Failure == any Error {
    /// The outcome of something that waits.
    static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
