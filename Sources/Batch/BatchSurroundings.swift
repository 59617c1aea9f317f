public import BuildPipeline
public import ModelManifest

/// What a batch needs from the rooms above it.
public struct BatchSurroundings: Sendable {
    /// Makes a model of the store of a finished file; returns the digest of its manifest.
    public var create: @Sendable (BuildRequest) throws -> Digest

    public init(create: @escaping @Sendable (BuildRequest) throws -> Digest) { self.create = create }
}
