public import Compute
import ConstrainedDecoding
import GGUF
import JSONSchemaGrammar
public import Sampling
public import Tokenization
import TransformerEngine

/// Continues prompts with one model, several at a time: each call runs on its caller's thread, and what the calls want computed goes
/// through the network together.
///
/// What a prompt has in common with an earlier one at its start is not computed again: it is compared with the tokens in the cache,
/// and only what follows the common part goes through the network.
public final class TextGenerator: Sendable {
    public let model: LoadedModel
    public let contextLength: Int
    let scheduler: SlotScheduler
    private let batchLength: Int
    private let usesLookup: Bool
    private let drafter: ModelDrafter?
    private let constraints = ConstraintShelf()

    /// - Parameters:
    ///   - draft: a smaller model that guesses ahead.
    ///   - slots: prompts that are continued at the same time; more wait. Each has a context of its own.
    ///   - shelfCapacity: bytes of keys and values of earlier conversations that are put aside while others have the slots.
    /// - Throws: `EngineError`, and `RunnerError.draftVocabulary` for a draft of another vocabulary.
    public init(
        model: LoadedModel, options: RunOptions, draft: LoadedModel? = nil, slots: Int = 1, shelfCapacity: Int = 0,
        pool: ThreadPool
    ) throws {
        self.model = model
        let contextLength = model.contextLength(for: options)
        self.contextLength = contextLength
        batchLength = min(options.batchLength, contextLength)
        scheduler = try SlotScheduler(slots: slots, batchLength: batchLength, shelfCapacity: shelfCapacity) {
            let session = try InferenceSession(
                model: model.transformer, contextLength: contextLength, batchSize: options.batchLength, slots: slots,
                cacheType: options.cacheType, pool: pool)
            session.inspectsLayers = options.inspectsLayers
            return session
        }
        usesLookup = options.usesLookup
        drafter = try draft.map {
            try ModelDrafter($0, for: model, options: options, contextLength: contextLength, pool: pool)
        }
    }

    /// Generates until the model ends its turn, a stop string comes, or the limit is reached. Waits while all slots are taken.
    ///
    /// - Parameters:
    ///   - isCancelled: asked before each token and each batch of the prompt.
    ///   - onToken: gets the probabilities that each token of the answer was drawn from, as the model gave them, before its text.
    ///   - emit: gets text as soon as it is certain: whole characters, no part of a stop string.
    /// - Throws: `RunnerError.promptTooLong`, `EngineError`, `SamplingError`, what is wrong with the answer's format, and whatever
    ///   `emit` throws.
    public func generate(
        _ prompt: [TokenID], options: RunOptions, isCancelled: () -> Bool = { false },
        onToken: ((LogProbabilities) throws -> Void)? = nil, emit: (String) throws -> Void
    ) throws -> GenerationSummary {
        var summary = GenerationSummary()
        let loan = try options.format.map { try constraints.take($0.grammar, for: model) }
        defer { if let loan { constraints.giveBack(loan) } }
        let format = loan.flatMap { loan in options.format.map { FormatKeeper($0, loan.constraint, model.tokenizer) } }
        let whole = prompt.count
        let window = PromptWindow(contextLength: contextLength, keep: options.keep, addsBOS: model.tokenizer.addsBOS)
        let prompt = try window.fit(prompt)
        (summary.promptTokens, summary.omittedTokens) = (prompt.count, whole - prompt.count)
        let start = ContinuousClock.now
        let lease = SlotLease(scheduler, prompt: prompt, vocabularySize: model.transformer.vocabularySize)
        defer { lease.end() }
        guard try evaluatePrompt(prompt, lease, &summary, isCancelled) else { return summary }
        lease.beginGeneration()
        let afterPrompt = ContinuousClock.now
        summary.promptDuration = start.duration(to: afterPrompt)

        var sampler = Sampler(
            options: options.sampling, vocabularySize: model.transformer.vocabularySize, contextLength: contextLength)
        for token in prompt { sampler.accept(token) }
        var speculation = Speculation(drafters(format), most: options.draftPredict ?? RunOptions.defaultDraftLength)
        speculation.begin(prompt)
        var text = StreamedText(stops: options.stop)
        let limit = options.predictionLimit(contextLength: contextLength)
        let ends = model.tokenizer.vocabulary.endOfGeneration.union(options.stopTokens(in: model.tokenizer.vocabulary))
        summary.endReason = .length
        while summary.generatedTokens < limit {
            if isCancelled() {
                summary.endReason = .cancelled
                break
            }
            // What was computed from weights that are gone is no answer.
            try model.file.checkIntact()
            let allowed = options.reply.restricting(try format?.allowed(), vocabularySize: model.transformer.vocabularySize)
            let token = try lease.withLogits(speculation.row) { logits in try sampler.sample(logits, allowed: allowed) }
            let isEnd = ends.contains(token)
            if !isEnd, let onToken {
                let top = options.topLogProbabilities
                try onToken(lease.withLogits(speculation.row) { LogProbabilities(of: token, top: top, logits: $0) })
            }
            sampler.accept(token)
            try format?.accept(token)
            speculation.append(token)
            summary.generatedTokens += 1
            if isEnd {
                summary.endReason = .stop
                break
            }
            summary.tokens.append(token)
            try Self.pass(text.add(model.tokenizer.bytes(of: token, special: options.reply.shown.contains(token))), to: emit)
            if text.hasStopped {
                summary.endReason = .stop
                break
            }
            let rest = limit - summary.generatedTokens
            if rest > 0 { try advance(token, lease, &speculation, &summary, rest: rest, window, promptLength: prompt.count) }
        }
        // What was guessed and did not come leaves no trace for the next prompt either.
        lease.drop(speculation.finishRound(&summary))
        try Self.pass(text.finish(), to: emit)
        summary.generationDuration = afterPrompt.duration(to: .now)
        return summary
    }

    private static func pass(_ text: String, to emit: (String) throws -> Void) rethrows {
        if !text.isEmpty { try emit(text) }
    }

    private func drafters(_ format: FormatKeeper?) -> [any Drafter] {
        (format.map { [FormatDrafter($0)] } ?? []) + (usesLookup ? [LookupDrafter()] : []) + (drafter.map { [$0] } ?? [])
    }

    /// Computes what the slot does not hold of the prompt; false when it was cancelled on the way.
    private func evaluatePrompt(
        _ prompt: [TokenID], _ lease: SlotLease, _ summary: inout GenerationSummary, _ isCancelled: () -> Bool
    ) throws -> Bool {
        summary.reusedTokens = lease.count
        while lease.count < prompt.count {
            if isCancelled() {
                summary.endReason = .cancelled
                return false
            }
            let next = lease.count
            let end = min(next + lease.promptLength, prompt.count)
            try lease.evaluate(Array(prompt[next..<end]), logits: end == prompt.count ? .last : .none)
        }
        return true
    }

    /// Computes a generated token, unless it was guessed and computed before, and further guesses with it.
    ///
    /// A full context makes room first, at the same token with guesses and without. Guesses are for a request that is alone: with others
    /// the processor has enough to do.
    private func advance(
        _ token: TokenID, _ lease: SlotLease, _ speculation: inout Speculation, _ summary: inout GenerationSummary, rest: Int,
        _ window: PromptWindow, promptLength: Int
    ) throws {
        if speculation.confirms(token) { return }
        lease.drop(speculation.finishRound(&summary))
        if lease.count + 1 >= contextLength {
            let (keep, discard) = window.shift(of: lease.count, promptLength: promptLength)
            try lease.shift(keep: keep, discard: discard)
            try speculation.shift(keep: keep, discard: discard)
        }
        // Guesses end before the place at which the context would shift.
        let room = min(contextLength - 2 - lease.count, batchLength - 1, rest - 1)
        let mayGuess = speculation.isPossible && room > 0 && lease.isAlone
        let guesses = try mayGuess ? speculation.guess(after: lease.tokens + [token], room: room) : []
        if guesses.isEmpty { try lease.evaluate([token]) } else { try lease.verify([token] + guesses) }
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
