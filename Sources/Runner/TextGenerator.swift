public import Compute
import GGUF
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
    /// The tokens whose keys and values the session holds, in order.
    private var cached: [TokenID] = []

    public init(model: LoadedModel, options: RunOptions, pool: ThreadPool) throws {
        self.model = model
        contextLength = model.contextLength(for: options)
        batchLength = min(options.batchLength, contextLength)
        session = try InferenceSession(
            model: model.transformer, contextLength: contextLength, batchSize: batchLength, cacheType: options.cacheType,
            pool: pool)
        session.inspectsLayers = options.inspectsLayers
    }

    /// Generates until the model ends its turn, a stop string comes, or the limit is reached.
    ///
    /// - Parameters:
    ///   - isCancelled: asked before each token and each batch of the prompt.
    ///   - emit: gets text as soon as it is certain: whole characters, no part of a stop string.
    /// - Throws: `RunnerError.promptTooLong`, `EngineError`, `SamplingError`, and whatever `emit` throws.
    public func generate(
        _ prompt: [TokenID], options: RunOptions, isCancelled: () -> Bool = { false }, emit: (String) throws -> Void
    ) throws -> GenerationSummary {
        var summary = GenerationSummary()
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
            let token = try session.withLogits { logits in try sampler.sample(logits) }
            sampler.accept(token)
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
            if summary.generatedTokens < limit { try advance(token, window, promptLength: prompt.count) }
        }
        try Self.pass(text.finish(), to: emit)
        summary.generationDuration = afterPrompt.duration(to: .now)
        return summary
    }

    private static func pass(_ text: String, to emit: (String) throws -> Void) rethrows {
        if !text.isEmpty { try emit(text) }
    }

    /// Computes what the cache does not hold of the prompt; false when it was cancelled on the way.
    private func evaluatePrompt(_ prompt: [TokenID], _ summary: inout GenerationSummary, _ isCancelled: () -> Bool) throws -> Bool {
        // The last token is computed in any case: its logits are what generation starts from.
        let shared = min(zip(cached, prompt).prefix { $0 == $1 }.count, prompt.count - 1)
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

    /// Computes a generated token, making room in a full context.
    private func advance(_ token: TokenID, _ window: PromptWindow, promptLength: Int) throws {
        if cached.count + 1 >= contextLength {
            let (keep, discard) = window.shift(of: cached.count, promptLength: promptLength)
            try session.shift(keep: keep, discard: discard)
            cached.removeSubrange(keep..<keep + discard)
        }
        try session.evaluate([token])
        cached.append(token)
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
