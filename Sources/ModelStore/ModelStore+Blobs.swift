public import Bytes
public import ModelManifest

/// Reading blobs.
extension ModelStore {
    /// Bytes of the largest layer that is read as text: templates, licences, messages.
    public static let largestTextByteCount = 64 << 20

    /// The blob's status, when it is there.
    func blobStatus(_ digest: Digest) throws(StoreError) -> FileStatus? {
        let path = path(of: digest)
        return try storing { () throws(BytesError) in try FileStatus.ifPresent(path) }
    }

    /// Whether a blob of that digest and, where given, that size is in the store.
    public func hasBlob(_ digest: Digest, size: Int? = nil) throws(StoreError) -> Bool {
        guard let status = try blobStatus(digest), status.kind == .regular else { return false }
        return size == nil || status.size == size
    }

    /// The blob, mapped for reading.
    ///
    /// - Throws: `StoreError.blobMissing`, `.blobDamaged` when its size is wrong, `.linkedFileChanged`.
    public func blob(_ descriptor: Descriptor) throws(StoreError) -> ByteRegion {
        try check(descriptor)
        let path = path(of: descriptor.digest)
        let region = try storing { () throws(BytesError) in try ByteRegion.mapping(path) }
        guard region.count == descriptor.size else {
            throw .blobDamaged(descriptor.digest, expected: descriptor.size, found: region.count)
        }
        return region
    }

    /// That the blob is there, whole, and no link to a file that was changed. Costs no read but for links.
    public func check(_ descriptor: Descriptor) throws(StoreError) {
        guard let status = try blobStatus(descriptor.digest) else { throw .blobMissing(descriptor.digest) }
        guard status.size == descriptor.size else {
            throw .blobDamaged(descriptor.digest, expected: descriptor.size, found: status.size)
        }
        try checkLink(descriptor.digest)
    }

    /// That every blob of the model is there and whole.
    public func check(_ model: StoredModel) throws(StoreError) {
        for descriptor in model.manifest.descriptors { try check(descriptor) }
    }

    /// The bytes of a small layer.
    public func bytes(of descriptor: Descriptor, limit: Int = largestTextByteCount) throws(StoreError) -> [UInt8] {
        guard descriptor.size <= limit else { throw .layerTooLarge(descriptor, limit: limit) }
        return try blob(descriptor).bytes()
    }

    /// A small layer as text; ill-formed UTF-8 becomes U+FFFD.
    public func text(of descriptor: Descriptor) throws(StoreError) -> String {
        String(decoding: try bytes(of: descriptor), as: UTF8.self)
    }

    /// The model's config; an empty one where the manifest has none.
    public func config(of model: StoredModel) throws(StoreError) -> ModelConfig {
        guard let descriptor = model.manifest.config else { return ModelConfig() }
        let bytes = try bytes(of: descriptor, limit: ModelConfig.largestByteCount)
        do { return try ModelConfig(parsing: bytes) } catch { throw .corruptConfig(model: model.name, error) }
    }
}
