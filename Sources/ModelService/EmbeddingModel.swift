import Compute
import GGUF
import JSONText
import ModelStore
public import Packaging
public import Runner

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

    init(name: String, weightsPath: String, package: PackageView?) throws {
        (self.name, self.package) = (name, package)
        if let package {
            try package.checkRequirement()
            if !package.adapters.isEmpty { throw ServiceError.unsupportedLayer(model: name, layer: "an adapter") }
        }
        var options = RunOptions()
        try options.apply(package?.parameters ?? JSONObject())
        packageOptions = options
        model = try LoadedEmbedder(path: weightsPath)
        let pool = ThreadPool(threads: options.threads ?? ThreadPool.defaultThreadCount())
        embedder = try TextEmbedder(model: model, options: options, pool: pool)
    }

    /// Components of a vector.
    public var dimensions: Int { model.dimensions }

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
    public func openEmbedding(_ text: String) throws -> EmbeddingModel {
        let reference = try reference(text)
        let path = try weightsPath(of: reference)
        var package: PackageView?
        if case .stored(let stored) = reference { package = try PackageView(stored, in: store) }
        return try EmbeddingModel(name: reference.displayName, weightsPath: path, package: package)
    }
}
