import Bytes
import ModelManifest
public import ModelStore

/// What a user names where a model is wanted: a GGUF file, or a model of the store.
public enum ModelReference: Sendable {
    case file(path: String)
    case stored(StoredModel)

    /// How the model is called in answers.
    public var displayName: String {
        switch self {
        case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
        case .stored(let model): model.name.shortest
        }
    }
}

extension LocalModels {
    /// Finds what `text` names. A text that ends in `.gguf` or starts as a path does is a file; everything else is a name.
    ///
    /// - Throws: `StoreError.modelNotFound`, `ManifestError` for a name that cannot be one, `BytesError` for a missing file.
    public func reference(_ text: String) throws -> ModelReference {
        if Self.isFileName(text) {
            // Asked for here, so that the error names the file and not the first thing that is done with it.
            _ = try FileStatus(path: text)
            return .file(path: text)
        }
        return .stored(try store.model(try ModelName(text)))
    }

    static func isFileName(_ text: String) -> Bool {
        text.lowercased().hasSuffix(".gguf") || text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")
    }

    /// Where the GGUF file of the model's weights lies.
    ///
    /// - Throws: `ServiceError.noWeights` for a package without a model layer, `StoreError` for a damaged or missing blob.
    public func weightsPath(of reference: ModelReference) throws -> String {
        switch reference {
        case .file(let path): return path
        case .stored(let model):
            guard let layer = model.manifest.layers(of: .model).first else { throw ServiceError.noWeights(model.name.shortest) }
            try store.check(layer)
            return store.path(of: layer.digest)
        }
    }
}

extension LocalModels {
    /// The file or folder that a converter reads: a path that is there, or the weights of a stored model.
    public func inputPath(_ text: String) throws -> String {
        if try FileStatus.ifPresent(text) != nil { return text }
        return try weightsPath(of: try reference(text))
    }
}
