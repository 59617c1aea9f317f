public import Bytes
public import GGUF
public import JSONText
public import ModelManifest
public import ModelStore

/// A stored model as `show` and the runner see it: every layer read, the weights by their headers only.
public struct PackageView: Sendable {
    public let name: ModelName
    /// Of the manifest: the model's ID.
    public let digest: Digest
    public let modified: FileTime
    public let config: ModelConfig
    /// The model's own weights; nil for a stub that stands for a model elsewhere.
    public private(set) var weights: Weights?
    public private(set) var projectors: [Weights] = []
    public private(set) var adapters: [Weights] = []
    public private(set) var draft: Weights?
    public private(set) var template: String?
    public private(set) var system: String?
    public private(set) var licenses: [String] = []
    public private(set) var parameters = JSONObject()
    public private(set) var messages: [PackageContents.Message] = []

    /// A GGUF file of the package.
    public struct Weights: Sendable {
        public let descriptor: Descriptor
        /// Where the blob lies.
        public let path: String
        public let file: GGUFFile
    }

    /// Reads the layers. Where a kind comes twice that can only count once, the last one counts, as in Ollama.
    ///
    /// - Throws: `PackagingError`, when a layer is missing, damaged or not what it must be.
    public init(_ model: StoredModel, in store: ModelStore) throws(PackagingError) {
        let reader = PackageReader(model, in: store)
        (name, digest, modified) = (model.name, model.digest, model.modified)
        config = try reader.config()
        for layer in model.manifest.layers {
            switch layer.mediaType {
            case .model where config.format != "safetensors": weights = try reader.view(layer)
            case .projector: projectors.append(try reader.view(layer))
            case .adapter: adapters.append(try reader.view(layer))
            case .draft: draft = try reader.view(layer)
            case .template, .prompt: template = try reader.text(layer)
            case .system: system = try reader.text(layer)
            case .license: licenses.append(try reader.text(layer))
            case .parameters: for (key, value) in try reader.parameters(layer) { parameters[key] = value }
            case .messages: messages = try reader.messages(layer)
            default: break
            }
        }
    }

    /// The model that this one was made from, when its weights say so.
    public var parent: String? { weights?.descriptor.from }

    /// That the model does not ask for a newer Ollama than Quern stands for. A version that cannot be read asks for nothing.
    public func checkRequirement() throws(PackagingError) {
        if config.requires.isEmpty || (try? OllamaLevel.satisfies(config.requires)) != false { return }
        throw .requiresNewer(model: name, version: config.requires)
    }
}

extension PackageReader {
    fileprivate func view(_ layer: Descriptor) throws(PackagingError) -> PackageView.Weights {
        PackageView.Weights(descriptor: layer, path: store.path(of: layer.digest), file: try weights(layer))
    }
}
