public import BuildPipeline
import Compute
import GGUF
import JSONText
import ModelStore
public import Packaging
public import Runner
public import TransformerEngine

/// A model that turns texts into vectors: its weights, and the options of its package.
///
/// One thread at a time uses it.
public final class EmbeddingModel {
    public let name: String
    /// The package; nil for a GGUF file by itself.
    public let package: PackageView?
    public let model: LoadedEmbedder
    /// Ollama's defaults, overlaid by the package's parameters.
    public let packageOptions: RunOptions
    private let embedder: TextEmbedder

    init(name: String, model: LoadedEmbedder, package: PackageView?) throws {
        (self.name, self.model, self.package) = (name, model, package)
        packageOptions = try Self.options(of: package)
        let pool = ThreadPool(threads: packageOptions.threads ?? ThreadPool.defaultThreadCount())
        embedder = try TextEmbedder(model: model, options: packageOptions, pool: pool)
    }

    fileprivate static func options(of package: PackageView?) throws -> RunOptions {
        var options = RunOptions()
        try options.apply(package?.parameters ?? JSONObject())
        return options
    }

    /// Components of a vector.
    public var dimensions: Int { model.dimensions }

    /// Tokens that a text may have.
    public var contextLength: Int { embedder.contextLength }

    /// The vectors of texts, each of length one.
    ///
    /// - Parameters:
    ///   - truncates: whether a text that is too long loses its end; it is an error otherwise.
    ///   - dimensions: keeps the first components only, at length one again; nil or zero keeps all.
    public func embed(_ texts: [String], truncates: Bool = true, dimensions: Int? = nil) throws -> TextEmbeddings {
        try embedder.embed(texts, truncates: truncates, dimensions: dimensions)
    }
}

extension LocalModels {
    /// Whether a model turns texts into vectors instead of continuing them.
    public func makesEmbeddings(_ text: String) throws -> Bool { try inspect(text).capabilities.contains("embedding") }

    /// Opens a model for embedding texts.
    ///
    /// - Parameter adapters: what is added to the weights, besides the package's own adapters.
    public func openEmbedding(_ text: String, adapters: [AdapterSource] = []) throws -> EmbeddingModel {
        let (model, package) = try embedder(text, adapters)
        return try EmbeddingModel(name: try reference(text).displayName, model: model, package: package)
    }

    /// What embedding texts with a model takes, before there is memory for any.
    ///
    /// - Parameter contextLength: nil is the package's.
    public func embeddingMemory(
        _ text: String, contextLength: Int?, threads: Int
    ) throws -> (model: LoadedEmbedder, options: RunOptions, estimate: MemoryEstimate) {
        let (model, package) = try embedder(text, [])
        var options = try EmbeddingModel.options(of: package)
        if let contextLength { options.contextLength = contextLength }
        return (model, options, try model.memoryEstimate(for: options, threads: options.threads ?? threads))
    }

    /// Opens a package for embedding texts.
    func openEmbedding(_ stored: StoredModel, name: String) throws -> EmbeddingModel {
        let (model, package) = try embedder(.stored(stored), [])
        return try EmbeddingModel(name: name, model: model, package: package)
    }

    private func embedder(_ text: String, _ adapters: [AdapterSource]) throws -> (model: LoadedEmbedder, package: PackageView?) {
        try embedder(try reference(text), adapters)
    }

    private func embedder(
        _ reference: ModelReference, _ adapters: [AdapterSource]
    ) throws -> (model: LoadedEmbedder, package: PackageView?) {
        var package: PackageView?
        if case .stored(let stored) = reference { package = try PackageView(stored, in: store) }
        try package?.checkRequirement()
        let model = try LoadedEmbedder(path: try weightsPath(of: reference)) {
            try Self.adapters(of: package, and: adapters, for: $0)
        }
        return (model, package)
    }
}
