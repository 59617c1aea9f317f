import Bytes
public import ModelManifest

/// Giving models their names.
extension StoreSession {
    /// Writes the manifest, after which the model is there. The blobs of the model that had the name before go with the session, as
    /// far as nothing else needs them.
    ///
    /// - Throws: `StoreError.blobMissing` or `.blobDamaged` when a blob of the manifest is not in the store. Then nothing has changed.
    @discardableResult
    public func commit(_ manifest: Manifest, as name: ModelName) throws(StoreError) -> StoredModel {
        try commit(manifest, bytes: manifest.encoded(), as: name)
    }

    /// The model as it would be once committed, so that it can be tried before it has its name.
    public func preview(_ manifest: Manifest, as name: ModelName) -> StoredModel {
        StoredModel(
            name: name, manifest: manifest, digest: Digest(of: manifest.encoded()), modified: FileTime(seconds: 0, nanoseconds: 0))
    }

    /// Writes a manifest from elsewhere with the very bytes it came with.
    @discardableResult
    public func commit(bytes: [UInt8], as name: ModelName) throws(StoreError) -> StoredModel {
        let manifest: Manifest
        do { manifest = try Manifest(parsing: bytes) } catch { throw .corruptManifest(path: store.path(of: name), error) }
        return try commit(manifest, bytes: bytes, as: name)
    }

    private func commit(_ manifest: Manifest, bytes: [UInt8], as name: ModelName) throws(StoreError) -> StoredModel {
        if isCancelled() { throw .cancelled }
        let staged = try stage(bytes)
        do throws(StoreError) {
            return try store.exclusively { () throws(StoreError) in
                let name = try store.resolve(name)
                let replaced = try store.digests(inManifestOf: name)
                for descriptor in manifest.descriptors { try restore(descriptor) }
                if store.removesOrphans { for digest in replaced { try markOrphan(digest) } }
                try publish(staged, as: name)
                // An Ollama that removed a model in between did not see the manifest yet; from here on it does.
                for descriptor in manifest.descriptors { try restore(descriptor) }
                return try store.model(name)
            }
        } catch {
            try? FileSystem.removeFile(staged)
            throw error
        }
    }

    private func stage(_ bytes: [UInt8]) throws(StoreError) -> String {
        let path = try stagingPath(in: store.manifestsFolder)
        try store.writing { () throws(BytesError) in
            let file = try OpenFile.creating(path)
            try file.write(bytes)
            try file.setPermissions(0o644)
            try file.synchronize()
        }
        return path
    }

    /// Moves the manifest into place once every blob's name is on the disk.
    private func publish(_ staged: String, as name: ModelName) throws(StoreError) {
        let target = store.path(of: name)
        try store.writing { () throws(BytesError) in
            try FileSystem.synchronizeFolder(store.blobsFolder)
            var parent = store.manifestsFolder
            var parents = [parent]
            for component in name.pathComponents.dropLast() {
                parent += "/" + component
                parents.append(parent)
            }
            let isNewFolder = try FileStatus.ifPresent(parent) == nil
            try FileSystem.makeFolder(parent)
            try FileSystem.rename(staged, to: target)
            for folder in isNewFolder ? parents.reversed() : [parent] { try FileSystem.synchronizeFolder(folder) }
        }
    }
}

extension ModelStore {
    /// Gives the model `source` the name `destination` as well. Nothing happens when both are the same model.
    @discardableResult
    public func copy(_ source: ModelName, to destination: ModelName) throws(StoreError) -> StoredModel {
        let model = try model(source)
        if try resolve(destination).pathComponents == model.name.pathComponents { return model }
        let session = try StoreSession(self)
        for descriptor in model.manifest.descriptors { _ = try session.adopt(descriptor) }
        return try session.commit(bytes: try manifestBytes(of: model.name), as: destination)
    }
}
