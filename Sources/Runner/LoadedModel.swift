public import ConstrainedDecoding
public import GGUF
import ModelManifest
import Synchronization
public import Tokenization
public import TransformerEngine

/// A GGUF model ready to run: its file, its words and its weights.
public final class LoadedModel: Sendable {
    public let file: GGUFFile
    public let tokenizer: Tokenizer
    public let transformer: TransformerModel
    public let loadDuration: Duration
    private let table = Mutex<TokenTable?>(nil)
    private let adapters: [ScaledAdapter]

    /// - Parameter adapters: finds those to load with the file, once it is open.
    /// - Throws: `GGUFError`, `TokenizationError` or `EngineError`, each naming what does not fit; `RunnerError.unusable` where the
    ///   words and the weights are not of one model.
    public init(path: String, adapters: (GGUFFile) throws -> [ScaledAdapter] = { _ in [] }) throws {
        let start = ContinuousClock.now
        let file = try GGUFFile(path: path)
        tokenizer = try Tokenizer(metadata: file.metadata)
        self.adapters = try adapters(file)
        transformer = try TransformerModel(file: file, adapters: self.adapters)
        let words = tokenizer.vocabulary.count
        guard words == transformer.vocabularySize else {
            throw RunnerError.unusable(
                "the tokenizer has \(words) tokens, but the model's weights are for \(transformer.vocabularySize)")
        }
        try file.checkIntact()
        self.file = file
        loadDuration = start.duration(to: .now)
    }

    /// What the model computes with, in 64 hexadecimal digits: another file or another adapter is another identity.
    func identity() throws -> String {
        var hasher = DigestHasher()
        hasher.update(Array(try file.fingerprint().utf8))
        for adapter in adapters { hasher.update(Array("\(try adapter.adapter.file.fingerprint()) \(adapter.scale)".utf8)) }
        return hasher.finalize().hex
    }

    /// That the model can guess for another one: the same tokens under the same numbers.
    ///
    /// - Throws: `RunnerError.draftVocabulary`, which names the first difference.
    public func checkVocabulary(asDraftFor target: LoadedModel) throws(RunnerError) {
        _ = try ModelDrafter.sharedVocabulary(tokenizer.vocabulary, target.tokenizer.vocabulary)
    }

    /// The vocabulary as grammars need it, made when it is first asked for.
    public var tokenTable: TokenTable {
        table.withLock { table in
            let made = table ?? TokenTable(tokenizer: tokenizer)
            table = made
            return made
        }
    }

    /// Tokens of context that the model was trained with, where its metadata says so.
    public var trainedContextLength: Int? {
        file.metadata.architecture.flatMap { file.metadata.int(GGUFKey.contextLength($0)) }
    }

    /// The context that a session gets: what the options ask for, but no more than the model was trained with and no less than
    /// `RunOptions.smallestContextLength`.
    public func contextLength(for options: RunOptions) -> Int {
        let wanted = options.contextLength ?? RunOptions.defaultContextLength
        return max(min(wanted, trainedContextLength ?? wanted), RunOptions.smallestContextLength)
    }

    /// Says so where the context is not the one that was asked for.
    public func contextNote(for options: RunOptions) -> String? {
        let given = contextLength(for: options)
        guard let wanted = options.contextLength, wanted != given else { return nil }
        return wanted < given
            ? "num_ctx \(wanted) is too small; the context holds \(given) tokens"
            : "num_ctx \(wanted) is more than the model was trained with; the context holds \(given) tokens"
    }

    /// What running the model with these options takes, apart from the program itself.
    ///
    /// - Parameter slots: prompts that are continued at the same time.
    public func memoryEstimate(for options: RunOptions, slots: Int = 1, threads: Int) throws -> MemoryEstimate {
        try transformer.memoryEstimate(
            contextLength: contextLength(for: options), batchSize: options.batchLength, slots: slots,
            cacheType: options.cacheType, threads: threads)
    }
}
