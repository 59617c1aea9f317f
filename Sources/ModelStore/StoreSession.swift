import Bytes
public import ModelManifest

/// One piece of writing to the store, such as a `create`: blobs are added, then a manifest names them.
///
/// The session keeps a second hard link to every blob that it added or found, in a folder of its own under `.quern/sessions`. So
/// neither another Quern nor an Ollama that prunes or removes models meanwhile can take a blob away before the manifest is
/// written: whatever is missing then is linked back. The folder is locked as long as the session lives; a folder without a lock
/// belongs to a process that died, and the next session sweeps it up.
///
/// A session that goes away takes the blobs that it added and that no manifest names along, so an interrupted `create` leaves the
/// store as it was.
public final class StoreSession {
    public let store: ModelStore
    public let isCancelled: @Sendable () -> Bool
    let folder: String
    /// Held until the session goes away.
    private let lock: OpenFile
    private var stagedCount = 0

    /// - Parameter isCancelled: asked before every chunk; when it says yes, the operation ends with `StoreError.cancelled`.
    public init(_ store: ModelStore, isCancelled: @escaping @Sendable () -> Bool = { false }) throws(StoreError) {
        self.store = store
        self.isCancelled = isCancelled
        try store.writing { () throws(BytesError) in
            for folder in [store.blobsFolder, store.manifestsFolder, store.sessionsFolder] { try FileSystem.makeFolder(folder) }
        }
        let folder = store.sessionsFolder + "/" + String(UInt64.random(in: 0 ... .max), radix: 36)
        self.folder = folder
        // Sweeping and making the folder exclude each other, or a new folder could be swept before it is locked.
        lock = try store.exclusively { () throws(StoreError) -> OpenFile in
            try store.sweepSessions()
            return try store.writing { () throws(BytesError) -> OpenFile in
                try FileSystem.makeFolder(folder)
                let file = try OpenFile.lockFile(folder + "/" + Self.lockName)
                do throws(BytesError) { _ = try file.tryLock() } catch { if !error.isLockless { throw error } }
                return file
            }
        }
    }

    deinit {
        // Whatever fails here, the next session sweeps up.
        try? store.exclusively { () throws(StoreError) in try store.endSession(folder) }
    }

    /// A blob to be written piece by piece.
    ///
    /// - Parameter expecting: its exact size in bytes where that is known: then a full disk shows before the first byte is written.
    public func makeBlob(expecting byteCount: Int? = nil) throws(StoreError) -> BlobWriter {
        try BlobWriter(session: self, expecting: byteCount)
    }

    /// Adds a small blob.
    public func put(_ bytes: [UInt8]) throws(StoreError) -> StoredBlob {
        let writer = try makeBlob()
        try writer.write(bytes)
        return try writer.finish()
    }

    /// Takes a blob that is in the store into this session, such as a layer of the model in FROM.
    ///
    /// - Throws: `StoreError.blobMissing`, `.blobDamaged`, `.linkedFileChanged`.
    public func adopt(_ descriptor: Descriptor) throws(StoreError) -> StoredBlob {
        try store.exclusively { () throws(StoreError) in
            try store.check(descriptor)
            try touch(descriptor.digest)
            try hold(descriptor.digest)
            return StoredBlob(digest: descriptor.digest, size: descriptor.size, isNew: false)
        }
    }
}

/// A blob that is in the store.
public struct StoredBlob: Sendable, Hashable {
    public let digest: Digest
    /// In bytes.
    public let size: Int
    /// Whether it was not there before.
    public let isNew: Bool

    package init(digest: Digest, size: Int, isNew: Bool) { (self.digest, self.size, self.isNew) = (digest, size, isNew) }

    public func descriptor(_ mediaType: MediaType, from: String? = nil, name: String? = nil) -> Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, size: size, from: from, name: name)
    }

    /// As `create` reports the layer.
    public var status: String { (isNew ? "creating new layer " : "using existing layer ") + digest.description }
}

extension StoreSession {
    static let lockName = "lock"
    /// Begins the names of markers of blobs that go when this session ends, unless something needs them: what it added, and what
    /// the model had that it replaced.
    static let orphanPrefix = "orphan-"
    /// Begins the names of files that say where a temporary file lies that could not lie in the session's folder.
    static let elsewherePrefix = "elsewhere-"

    /// A path for a temporary file that can be renamed into `destination`.
    func stagingPath(in destination: String) throws(StoreError) -> String {
        stagedCount += 1
        return try store.writing { () throws(BytesError) in
            if try FileStatus(path: folder).device == FileStatus(path: destination).device {
                return folder + "/staging-\(stagedCount)"
            }
            // `destination` is mounted from elsewhere or a link to elsewhere. There the name must be one that Ollama gives its own
            // temporary files, and whoever sweeps this session must find it.
            let path = destination + "/sha256-\(UInt32.random(in: 0 ... .max))"
            try OpenFile.creating(folder + "/" + Self.elsewherePrefix + "\(stagedCount)").write(Array(path.utf8))
            return path
        }
    }

    private func holdPath(_ digest: Digest) -> String { folder + "/" + digest.fileName }

    /// Keeps a blob that is in the store from being removed until the session ends.
    func hold(_ digest: Digest) throws(StoreError) {
        let (blob, hold) = (store.path(of: digest), holdPath(digest))
        try store.writing { () throws(BytesError) in
            do throws(BytesError) { try FileSystem.link(blob, to: hold) } catch {
                if error.isTaken { return }
                guard error.isLinkless else { throw error }
                // Without links the name alone tells other Querns; an Ollama beside us cannot be held off.
                _ = try OpenFile.lockFile(hold)
            }
        }
    }

    /// Makes the finished temporary file at `path` the blob of that digest, or drops it where the store has that blob.
    func place(_ path: String, as digest: Digest, size: Int) throws(StoreError) -> StoredBlob {
        try store.exclusively { () throws(StoreError) in
            if let status = try store.blobStatus(digest), status.kind == .regular, status.size == size,
                (try? store.checkLink(digest)) != nil
            {
                try touch(digest)
                try hold(digest)
                try? FileSystem.removeFile(path)
                return StoredBlob(digest: digest, size: size, isNew: false)
            }
            try store.writing { () throws(BytesError) in try FileSystem.touch(path) }
            store.forgetLink(digest)
            return try add(path, as: digest, size: size)
        }
    }

    /// Leaves a blob of this session in the store although no model names it yet, as one that was sent ahead of its `create`; the
    /// next prune after an hour takes it.
    public func keep(_ blob: StoredBlob) throws(StoreError) {
        let marker = markerPath(blob.digest)
        try store.exclusively { () throws(StoreError) in
            try store.writing { () throws(BytesError) in
                if try FileStatus.ifPresent(marker) != nil { try FileSystem.removeFile(marker) }
            }
        }
    }

    private func markerPath(_ digest: Digest) -> String { folder + "/" + Self.orphanPrefix + digest.fileName }

    /// Has the blob removed when this session ends, also by a kill, unless something needs it then.
    func markOrphan(_ digest: Digest) throws(StoreError) {
        let marker = markerPath(digest)
        try store.writing { () throws(BytesError) in _ = try OpenFile.lockFile(marker) }
    }

    /// Has the blob look just used, so that nobody takes it for a leftover. One that this session added is new anyway, and a time
    /// after its marker's would make it somebody else's when the session ends.
    func touch(_ digest: Digest) throws(StoreError) {
        let marker = markerPath(digest)
        if try storing({ () throws(BytesError) in try FileStatus.ifPresent(marker) }) == nil { try store.touch(digest) }
    }

    /// Moves the file at `path` to where the blob belongs, where there is none or a damaged one. The store must be locked.
    func add(_ path: String, as digest: Digest, size: Int) throws(StoreError) -> StoredBlob {
        let (target, hold) = (store.path(of: digest), holdPath(digest))
        // The marker first: killed in between, a blob that is nobody's would stay.
        try markOrphan(digest)
        try store.writing { () throws(BytesError) in
            try? FileSystem.removeFile(hold)
            try FileSystem.rename(path, to: target)
        }
        try self.hold(digest)
        return StoredBlob(digest: digest, size: size, isNew: true)
    }

    /// Brings a blob back that somebody removed since this session took hold of it.
    func restore(_ descriptor: Descriptor) throws(StoreError) {
        let (blob, hold) = (store.path(of: descriptor.digest), holdPath(descriptor.digest))
        if try store.blobStatus(descriptor.digest) == nil,
            let status = try storing({ () throws(BytesError) in try FileStatus.ifPresent(hold) }), status.size == descriptor.size
        {
            try store.writing { () throws(BytesError) in try FileSystem.link(hold, to: blob) }
        }
        try store.check(descriptor)
    }
}
