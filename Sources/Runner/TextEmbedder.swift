public import Compute
import Tokenization
import TransformerEngine

/// Turns texts into vectors with one model. One thread at a time uses an embedder.
public final class TextEmbedder {
    public let model: LoadedEmbedder
    /// Tokens that a text may have, those included that the tokenizer puts round it.
    public let contextLength: Int
    private let session: any SequenceEmbedding

    /// - Parameter options: `num_ctx`, `num_batch` and nothing else.
    public init(model: LoadedEmbedder, options: RunOptions, pool: ThreadPool) throws {
        self.model = model
        session = try model.session(
            contextLength: model.contextLength(for: options), batchSize: options.batchLength, pool: pool)
        contextLength = session.contextLength
    }

    /// The vectors of texts, each of length one.
    ///
    /// - Parameters:
    ///   - truncates: whether a text that is too long loses its end; it is an error otherwise.
    ///   - dimensions: keeps the first components only, at length one again; nil or zero keeps all.
    /// - Throws: `RunnerError.inputTooLong`, `EngineError`.
    public func embed(_ texts: [String], truncates: Bool = true, dimensions: Int? = nil) throws -> TextEmbeddings {
        let sequences = try texts.map { try tokens(of: $0, truncates: truncates) }
        return TextEmbeddings(
            vectors: try session.embed(sequences, dimensions: dimensions), promptTokens: sequences.reduce(0) { $0 + $1.count })
    }

    /// The tokens of a text, cut so that what the tokenizer puts round it still fits.
    private func tokens(of text: String, truncates: Bool) throws(RunnerError) -> [TokenID] {
        // Names of special tokens in a text are these tokens, as for Sentence Transformers.
        let tokenizer = model.tokenizer
        let whole = tokenizer.encode(text, parseSpecial: true)
        guard whole.count > contextLength else { return whole }
        guard truncates else { throw .inputTooLong }
        let inner = tokenizer.encode(text, bos: false, eos: false, parseSpecial: true)
        let room = contextLength - (whole.count - inner.count)
        guard room > 0 else { throw .inputTooLong }
        let first = tokenizer.addsBOS ? whole.prefix(1) : []
        let last = whole.count - inner.count > first.count ? whole.suffix(1) : []
        return first + inner.prefix(room) + last
    }
}

/// Vectors of texts, and what they cost.
public struct TextEmbeddings: Sendable, Equatable {
    /// As many as there were texts, in their order.
    public let vectors: [[Float]]
    /// Tokens that went through the network.
    public let promptTokens: Int

    public init(vectors: [[Float]], promptTokens: Int) { (self.vectors, self.promptTokens) = (vectors, promptTokens) }
}
