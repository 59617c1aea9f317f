public import ModelManifest
public import ModelStore

extension AssembledPackage {
    /// Puts the config and the texts into the store and takes hold of the blobs that are there already. The manifest that comes back
    /// is what `StoreSession.commit` wants.
    ///
    /// - Parameter report: called for each layer in order, with the blob that it became.
    public func store(
        in session: StoreSession, report: (MediaType, StoredBlob) -> Void = { _, _ in }
    ) throws(StoreError) -> Manifest {
        var descriptors: [Descriptor] = []
        for layer in layers {
            switch layer {
            case .stored(let descriptor):
                let blob = try session.adopt(descriptor)
                report(descriptor.mediaType, blob)
                descriptors.append(descriptor)
            case .bytes(let mediaType, let bytes):
                let blob = try session.put(bytes)
                report(mediaType, blob)
                descriptors.append(blob.descriptor(mediaType))
            }
        }
        let config = try session.put(config.encoded()).descriptor(.config)
        return Manifest(config: config, layers: descriptors)
    }
}
