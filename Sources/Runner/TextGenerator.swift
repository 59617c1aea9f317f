public import Compute
import ConstrainedDecoding
import GGUF
import JSONSchemaGrammar
import Sampling
public import Tokenization
import TransformerEngine

/// Continues prompts with one model. One thread at a time uses a generator.
///
/// What two prompts have in common at their start is computed once: the tokens in the cache are compared with each new prompt,
/// and only what follows the common part goes through the network.
public final class TextGenerator {
    public let model: LoadedModel
    public let contextLength: Int
    private let session: InferenceSession
    private let batchLength: Int
    private let drafters: [any Drafter]
    /// The tokens whose keys and values the session holds, in order.
    private var cached: [TokenID] = []
    /// Compiled formats, the last used at the end.
    private var constraints: [(grammar: GrammarSource, constraint: Constraint)] = []
    private static let rememberedFormats = 8

    /// - Parameter draft: a smaller model that guesses ahead.
    /// - Throws: `EngineError`, and `RunnerError.draftVocabulary` for a draft of another vocabulary.
    public init(model: LoadedModel, options: RunOptions, draft: LoadedModel? = nil, pool: ThreadPool) throws {
        self.model = model
        contextLength = model.contextLength(for: options)
        batchLength = min(options.batchLength, contextLength)
        session = try InferenceSession(
            model: model.transformer, contextLength: contextLength, batchSize: batchLength, cacheType: options.cacheType,
            pool: pool)
        session.inspectsLayers = options.inspectsLayers
        var drafters: [any Drafter] = options.usesLookup ? [LookupDrafter()] : []
        if let draft {
            drafters.append(
                try ModelDrafter(draft, for: model, options: options, contextLength: contextLength, pool: pool))
        }
        self.drafters = drafters
    }

    /// Generates until the model ends its turn, a stop string comes, or the limit is reached.
    ///
    /// - Parameters:
    ///   - isCancelled: asked before each token and each batch of the prompt.
    ///   - emit: gets text as soon as it is certain: whole characters, no part of a stop string.
    /// - Throws: `RunnerError.promptTooLong`, `EngineError`, `SamplingError`, what is wrong with the answer's format, and whatever
    ///   `emit` throws.
    public func generate(
        _ prompt: [TokenID], options: RunOptions, isCancelled: () -> Bool = { false }, emit: (String) throws -> Void
    ) throws -> GenerationSummary {
        var summary = GenerationSummary()
        var format = try options.format.map { FormatKeeper($0, try constraint(for: $0.grammar), model.tokenizer) }
        let whole = prompt.count
        let window = PromptWindow(contextLength: contextLength, keep: options.keep, addsBOS: model.tokenizer.addsBOS)
        let prompt = try window.fit(prompt)
        (summary.promptTokens, summary.omittedTokens) = (prompt.count, whole - prompt.count)
        let start = ContinuousClock.now
        guard try evaluatePrompt(prompt, &summary, isCancelled) else { return summary }
        let afterPrompt = ContinuousClock.now
        summary.promptDuration = start.duration(to: afterPrompt)

        var sampler = Sampler(
            options: options.sampling, vocabularySize: model.transformer.vocabularySize, contextLength: contextLength)
        for token in prompt { sampler.accept(token) }
        var speculation = Speculation(drafters, most: options.draftPredict ?? RunOptions.defaultDraftLength)
        speculation.begin(prompt)
        var text = StreamedText(stops: options.stop)
        let limit = options.predictionLimit(contextLength: contextLength)
        summary.endReason = .length
        while summary.generatedTokens < limit {
            if isCancelled() {
                summary.endReason = .cancelled
                break
            }
            // What was computed from weights that are gone is no answer.
            try model.file.checkIntact()
            let allowed = try format?.allowed()
            let token = try session.withLogits(speculation.row) { logits in try sampler.sample(logits, allowed: allowed) }
            sampler.accept(token)
            try format?.accept(token)
            speculation.append(token)
            summary.generatedTokens += 1
            if model.tokenizer.vocabulary.endOfGeneration.contains(token) {
                summary.endReason = .stop
                break
            }
            try Self.pass(text.add(model.tokenizer.bytes(of: token, special: false)), to: emit)
            if text.hasStopped {
                summary.endReason = .stop
                break
            }
            let rest = limit - summary.generatedTokens
            if rest > 0 { try advance(token, &speculation, &summary, rest: rest, window, promptLength: prompt.count) }
        }
        // What was guessed and did not come leaves no trace for the next prompt either.
        try drop(speculation.finishRound(&summary))
        try Self.pass(text.finish(), to: emit)
        summary.generationDuration = afterPrompt.duration(to: .now)
        return summary
    }

    private static func pass(_ text: String, to emit: (String) throws -> Void) rethrows {
        if !text.isEmpty { try emit(text) }
    }

    /// The grammar, compiled: properties of a schema come in the order in which it lists them, as models are used to.
    private func constraint(for grammar: GrammarSource) throws -> Constraint {
        if let index = constraints.firstIndex(where: { $0.grammar == grammar }) {
            constraints.append(constraints.remove(at: index))
        } else {
            let machine = try grammar.machine(options: SchemaOptions(propertyOrder: .declared))
            constraints.append((grammar, Constraint(machine: machine, table: model.tokenTable)))
            if constraints.count > Self.rememberedFormats { constraints.removeFirst() }
        }
        return constraints[constraints.count - 1].constraint
    }

    /// Computes what the cache does not hold of the prompt; false when it was cancelled on the way.
    private func evaluatePrompt(_ prompt: [TokenID], _ summary: inout GenerationSummary, _ isCancelled: () -> Bool) throws -> Bool {
        // The last token is computed in any case: its logits are what generation starts from.
        let shared = min(cached.commonPrefixLength(with: prompt), prompt.count - 1)
        try session.truncate(to: shared)
        cached.removeSubrange(shared...)
        summary.reusedTokens = shared
        var next = shared
        while next < prompt.count {
            if isCancelled() {
                summary.endReason = .cancelled
                return false
            }
            let end = min(next + batchLength, prompt.count)
            try session.evaluate(Array(prompt[next..<end]), logits: end == prompt.count ? .last : .none)
            cached += prompt[next..<end]
            next = end
        }
        return true
    }

    /// Computes a generated token, unless it was guessed and computed before, and further guesses with it.
    ///
    /// A full context makes room first, at the same token with guesses and without.
    private func advance(
        _ token: TokenID, _ speculation: inout Speculation, _ summary: inout GenerationSummary, rest: Int, _ window: PromptWindow,
        promptLength: Int
    ) throws {
        if speculation.confirms(token) { return }
        try drop(speculation.finishRound(&summary))
        if cached.count + 1 >= contextLength {
            let (keep, discard) = window.shift(of: cached.count, promptLength: promptLength)
            try session.shift(keep: keep, discard: discard)
            cached.removeSubrange(keep..<keep + discard)
            try speculation.shift(keep: keep, discard: discard)
        }
        cached.append(token)
        do {
            // Guesses end before the place at which the context would shift.
            let room = min(contextLength - 1 - cached.count, batchLength - 1, rest - 1)
            let guesses = try speculation.guess(after: cached, room: room)
            if guesses.isEmpty { try session.evaluate([token]) } else { try session.verify([token] + guesses) }
            cached += guesses
        } catch {
            cached.removeLast()
            throw error
        }
    }

    /// Forgets the last tokens computed.
    private func drop(_ count: Int) throws {
        guard count > 0 else { return }
        try session.truncate(to: cached.count - count)
        cached.removeLast(count)
    }
}

extension [TokenID] {
    /// How many tokens two sequences have in common at their start.
    func commonPrefixLength(with other: [TokenID]) -> Int {
        var length = 0
        while length < count, length < other.count, self[length] == other[length] { length += 1 }
        return length
    }
}

/// Text on its way out: bytes wait until they are whole characters, characters until they cannot be a stop string.
private struct StreamedText {
    private var decoder = UTF8StreamDecoder()
    private var matcher: StopMatcher

    init(stops: [String]) { matcher = StopMatcher(stops: stops) }

    var hasStopped: Bool { matcher.hasStopped }

    mutating func add(_ bytes: [UInt8]) -> String { matcher.feed(decoder.append(bytes)) }

    mutating func finish() -> String {
        let rest = matcher.feed(decoder.finish())
        return rest + matcher.finish()
    }
}
