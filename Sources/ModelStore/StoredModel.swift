public import Bytes
public import ModelManifest

/// A model that the store lists.
public struct StoredModel: Sendable {
    public let name: ModelName
    public let manifest: Manifest
    /// Of the manifest's bytes: the model's ID.
    public let digest: Digest
    public let modified: FileTime

    /// Bytes of all blobs together.
    public var size: Int { manifest.totalSize }
}

/// What lies in the store: the models, newest first, and what could not be read.
public struct StoreListing: Sendable {
    public var models: [StoredModel] = []
    /// Files under `manifests` that are no manifest, by their paths.
    public var problems: [StoreError] = []
}
