import Compute
public import GGUF
public import Tokenization
public import TransformerEngine

/// A GGUF model that turns texts into vectors, ready to run: its file, its words and its weights.
public final class LoadedEmbedder: Sendable {
    public let file: GGUFFile
    public let tokenizer: Tokenizer
    public let loadDuration: Duration
    private let network: Network

    private enum Network: Sendable {
        case encoder(EncoderModel)
        case decoder(TransformerModel, Pooling)

        var vocabularySize: Int {
            switch self {
            case .encoder(let model): model.vocabularySize
            case .decoder(let model, _): model.vocabularySize
            }
        }
    }

    /// Components of a vector.
    public var dimensions: Int {
        switch network {
        case .encoder(let model): model.dimensions
        case .decoder(let model, _): model.hyperparameters.width
        }
    }

    /// - Parameter adapters: finds those to load with the file, once it is open.
    /// - Throws: `GGUFError`, `TokenizationError` or `EngineError`, each naming what does not fit; `RunnerError.unusable` where the
    ///   words and the weights are not of one model.
    public init(path: String, adapters: (GGUFFile) throws -> [ScaledAdapter] = { _ in [] }) throws {
        let start = ContinuousClock.now
        let file = try GGUFFile(path: path)
        let architecture = file.metadata.architecture ?? ""
        if EncoderModel.isEncoder(architecture) {
            network = .encoder(try EncoderModel(file: file, adapters: try adapters(file)))
        } else {
            guard
                !TransformerModel.supportedArchitectures.contains(architecture)
                    || file.metadata[GGUFKey.poolingType(architecture)] != nil
            else { throw RunnerError.unusable("'\(architecture)' makes text, not embeddings: the file names no pooling") }
            let model = try TransformerModel(file: file, adapters: try adapters(file))
            network = .decoder(model, try Pooling(of: file, model))
        }
        tokenizer = try Tokenizer(metadata: file.metadata)
        let words = tokenizer.vocabulary.count
        guard words == network.vocabularySize else {
            throw RunnerError.unusable(
                "the tokenizer has \(words) tokens, but the model's weights are for \(network.vocabularySize)")
        }
        self.file = file
        loadDuration = start.duration(to: .now)
    }

    /// Tokens that a text may have: what the options ask for, but no more than the model was trained on.
    public func contextLength(for options: RunOptions) -> Int {
        let wanted = max(options.contextLength ?? RunOptions.defaultContextLength, RunOptions.smallestContextLength)
        switch network {
        case .encoder(let model): return min(wanted, model.hyperparameters.contextLength)
        case .decoder(let model, _): return min(wanted, model.hyperparameters.contextLength)
        }
    }

    /// Bytes of weights that do not lie mapped: matrices of an encoder that were expanded.
    public var ownWeightByteCount: Int {
        if case .encoder(let model) = network { model.expandedByteCount } else { 0 }
    }

    /// What running the model with these options takes, apart from the program itself.
    public func memoryEstimate(for options: RunOptions, threads: Int) throws -> MemoryEstimate {
        switch network {
        case .encoder(let model):
            return try model.memoryEstimate(
                contextLength: contextLength(for: options), batchSize: options.batchLength, threads: threads)
        case .decoder(let model, _):
            let length = contextLength(for: options)
            return try model.memoryEstimate(
                contextLength: length, batchSize: min(options.batchLength, length), cacheType: .f32, threads: threads)
        }
    }

    /// What computes vectors with these weights.
    func session(contextLength: Int, batchSize: Int, pool: ThreadPool) throws(EngineError) -> any SequenceEmbedding {
        switch network {
        case .encoder(let model):
            try EmbeddingSession(model: model, contextLength: contextLength, batchSize: batchSize, pool: pool)
        case .decoder(let model, let pooling):
            try DecoderEmbeddingSession(
                model: model, pooling: pooling, contextLength: contextLength, batchSize: batchSize, pool: pool)
        }
    }
}
