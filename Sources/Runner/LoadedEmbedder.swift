import Compute
public import GGUF
public import Tokenization
import TransformerEngine

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

    /// - Throws: `GGUFError`, `TokenizationError` or `EngineError`, each naming what does not fit; `RunnerError.unusable` where the
    ///   words and the weights are not of one model.
    public init(path: String) throws {
        let start = ContinuousClock.now
        let file = try GGUFFile(path: path)
        let architecture = file.metadata.architecture ?? ""
        if EncoderModel.isEncoder(architecture) {
            network = .encoder(try EncoderModel(file: file))
        } else {
            guard
                !TransformerModel.supportedArchitectures.contains(architecture)
                    || file.metadata[GGUFKey.poolingType(architecture)] != nil
            else { throw RunnerError.unusable("'\(architecture)' makes text, not embeddings: the file names no pooling") }
            let model = try TransformerModel(file: file)
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
