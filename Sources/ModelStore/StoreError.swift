public import Bytes
public import ModelManifest

/// What can go wrong in the store: the thing, and what to do where that is not plain.
public enum StoreError: Error, Equatable, CustomStringConvertible {
    /// Neither OLLAMA_MODELS nor HOME is set.
    case noHome
    case modelNotFound(ModelName)
    case corruptManifest(path: String, ManifestError)
    case corruptConfig(model: ModelName, ManifestError)
    case blobMissing(Digest)
    /// A blob whose size is not what the manifest says.
    case blobDamaged(Digest, expected: Int, found: Int)
    /// Bytes that should have had another digest.
    case digestMismatch(expected: Digest, found: Digest)
    /// A text layer, such as a template, with more bytes than any such layer has.
    case layerTooLarge(Descriptor, limit: Int)
    /// A blob that was made by a hard link to a file that somebody has written to since.
    case linkedFileChanged(Digest, source: String)
    /// A hard link was asked for, but the file lies on another file system or the file system has no links.
    case cannotLink(path: String, reason: String)
    case notRegularFile(path: String)
    /// The file was written to while it was read.
    case fileChanged(path: String)
    /// The disk is or would be full. `needed` is what the whole blob takes, where that is known.
    case noSpace(store: String, needed: Int?, free: Int)
    case notWritable(store: String, BytesError)
    case cancelled
    case system(BytesError)

    public var description: String {
        switch self {
        case .noHome: "no folder for models: neither OLLAMA_MODELS nor HOME is set"
        case .modelNotFound(let name): "model '\(name.shortest)' not found"
        case .corruptManifest(let path, let error): "'\(path)': \(error)"
        case .corruptConfig(let model, let error): "model '\(model.shortest)': \(error)"
        case .blobMissing(let digest): "blob \(digest) is missing from the store"
        case .blobDamaged(let digest, let expected, let found):
            "blob \(digest) is damaged: \(found) bytes, but its manifest says \(expected)"
        case .digestMismatch(let expected, let found): "digest mismatch: expected \(expected), got \(found)"
        case .layerTooLarge(let layer, let limit):
            "\(layer.mediaType) layer \(layer.digest): \(layer.size) bytes, more than the limit of \(limit)"
        case .linkedFileChanged(let digest, let source):
            "blob \(digest) is a link to '\(source)', which was changed since; create the model again"
        case .cannotLink(let path, let reason): "cannot link '\(path)' into the store: \(reason); leave out --link to copy it"
        case .notRegularFile(let path): "'\(path)' is not a regular file"
        case .fileChanged(let path): "'\(path)' was changed while it was read"
        case .noSpace(let store, let needed, let free):
            "no space left in the store '\(store)': "
                + (needed.map { "\(Self.size($0)) needed, " } ?? "") + "\(Self.size(free)) free"
        case .notWritable(let store, let error): "cannot write to the store '\(store)': \(error)"
        case .cancelled: "cancelled"
        case .system(let error): error.description
        }
    }

    /// Bytes in words, as `list` shows them: 1000 bytes to a kilobyte.
    private static func size(_ count: Int) -> String {
        var (value, unit) = (Double(count), "B")
        for larger in ["KB", "MB", "GB", "TB"] where value >= 1000 { (value, unit) = (value / 1000, larger) }
        let tenths = Int((value * 10).rounded(.down))
        return unit == "B" || tenths >= 100 ? "\(Int(value)) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
