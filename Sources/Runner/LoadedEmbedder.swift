public import GGUF
public import Tokenization
public import TransformerEngine

/// A GGUF model that turns texts into vectors, ready to run: its file, its words and its weights.
public final class LoadedEmbedder: Sendable {
    public let file: GGUFFile
    public let tokenizer: Tokenizer
    public let encoder: EncoderModel
    public let loadDuration: Duration

    /// Components of a vector.
    public var dimensions: Int { encoder.dimensions }

    /// - Throws: `GGUFError`, `TokenizationError` or `EngineError`, each naming what does not fit; `RunnerError.unusable` where the
    ///   words and the weights are not of one model.
    public init(path: String) throws {
        let start = ContinuousClock.now
        let file = try GGUFFile(path: path)
        encoder = try EncoderModel(file: file)
        tokenizer = try Tokenizer(metadata: file.metadata)
        let words = tokenizer.vocabulary.count
        guard words == encoder.vocabularySize else {
            throw RunnerError.unusable(
                "the tokenizer has \(words) tokens, but the model's weights are for \(encoder.vocabularySize)")
        }
        self.file = file
        loadDuration = start.duration(to: .now)
    }
}
