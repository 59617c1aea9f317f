import Bytes
import ModelManifest

/// Taking files of the user into the store.
extension StoreSession {
    /// How a file becomes a blob.
    public enum IngestMode: Sendable {
        /// By sharing its data where the file system can (reflink), else by copying.
        case copy
        /// By a second name for the same file, which then must never be written to.
        case link
    }

    /// Makes the file at `path` a blob. It is read once.
    ///
    /// - Parameter progress: called after every chunk with the bytes done so far and those of the whole file.
    /// - Throws: `StoreError.notRegularFile`, `.fileChanged`, `.noSpace`, `.cannotLink`, `.cancelled` and the others.
    public func ingest(
        _ path: String, mode: IngestMode = .copy, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(StoreError) -> StoredBlob {
        let source = try storing { () throws(BytesError) in try OpenFile.reading(path) }
        let status = try storing { () throws(BytesError) in try source.status() }
        guard status.kind == .regular else { throw .notRegularFile(path: path) }
        if let digest = try digestOfOwnBlob(path, status) {
            try verify(digest, source, status, progress)
            return try adopt(Descriptor(mediaType: .model, digest: digest, size: status.size))
        }
        switch mode {
        case .copy:
            if let blob = try clone(source, status, progress) { return blob }
            return try copy(source, status, progress)
        case .link: return try link(source, status, progress)
        }
    }

    /// The digest that the file is named by, when it is a blob of this very store, as `show --modelfile` prints them.
    private func digestOfOwnBlob(_ path: String, _ status: FileStatus) throws(StoreError) -> Digest? {
        guard let name = path.split(separator: "/").last, let digest = try? Digest(String(name)),
            let blob = try store.blobStatus(digest)
        else { return nil }
        return blob.inode == status.inode && blob.device == status.device ? digest : nil
    }

    private func verify(
        _ digest: Digest, _ source: borrowing OpenFile, _ status: FileStatus, _ progress: (Int, Int) -> Void
    ) throws(StoreError) {
        let found = try hash(source, of: status.size, progress)
        guard found == digest else { throw .digestMismatch(expected: digest, found: found) }
    }

    private func hash(
        _ file: borrowing OpenFile, of total: Int, _ progress: (Int, Int) -> Void
    ) throws(StoreError) -> Digest {
        var done = 0
        return try store.digest(of: file, isCancelled: isCancelled) { count in
            done += count
            progress(done, total)
        }
    }

    /// A blob that shares the file's data, or nil where the file system cannot do that. The clone is hashed, not the source: nobody
    /// else can write to it.
    private func clone(
        _ source: borrowing OpenFile, _ status: FileStatus, _ progress: (Int, Int) -> Void
    ) throws(StoreError) -> StoredBlob? {
        let path = try stagingPath(in: store.blobsFolder)
        let file = try store.writing { () throws(BytesError) in try OpenFile.creating(path) }
        do throws(StoreError) {
            guard file.clone(source) else {
                try? FileSystem.removeFile(path)
                return nil
            }
            let size = try storing { () throws(BytesError) in try file.status().size }
            let digest = try hash(file, of: size, progress)
            try store.writing { () throws(BytesError) in
                try file.setPermissions(0o644)
                try file.synchronize()
            }
            return try place(path, as: digest, size: size)
        } catch {
            try? FileSystem.removeFile(path)
            throw error
        }
    }

    private func copy(
        _ source: borrowing OpenFile, _ status: FileStatus, _ progress: (Int, Int) -> Void
    ) throws(StoreError) -> StoredBlob {
        let writer = try makeBlob(expecting: status.size)
        while true {
            var chunk = [UInt8](repeating: 0, count: ModelStore.chunkByteCount)
            let count: Int
            do { count = try source.read(into: &chunk) } catch { throw .system(error) }
            let isLast = count < chunk.count
            if isLast { chunk.removeLast(chunk.count - count) }
            if count > 0 { try writer.write(chunk) }
            // A file that keeps growing must not fill the disk.
            guard writer.byteCount <= status.size else { throw .fileChanged(path: source.path) }
            progress(writer.byteCount, status.size)
            if isLast { break }
        }
        try checkUnchanged(source, status)
        return try writer.finish()
    }

    private func link(
        _ source: borrowing OpenFile, _ status: FileStatus, _ progress: (Int, Int) -> Void
    ) throws(StoreError) -> StoredBlob {
        let path = try stagingPath(in: store.blobsFolder)
        do { try FileSystem.link(source.path, to: path) } catch {
            throw .cannotLink(path: source.path, reason: error.isCrossDevice ? "it lies on another file system" : error.description)
        }
        do throws(StoreError) {
            let digest = try hash(source, of: status.size, progress)
            try checkUnchanged(source, status)
            let blob = try placeLink(path, source.path, as: digest, status)
            return blob
        } catch {
            try? FileSystem.removeFile(path)
            throw error
        }
    }

    private func checkUnchanged(_ source: borrowing OpenFile, _ status: FileStatus) throws(StoreError) {
        let now: FileStatus
        do { now = try source.status() } catch { throw .system(error) }
        guard now.size == status.size, now.modified == status.modified else { throw .fileChanged(path: source.path) }
    }

    private func placeLink(
        _ path: String, _ source: String, as digest: Digest, _ status: FileStatus
    ) throws(StoreError) -> StoredBlob {
        let absolute = try storing { () throws(BytesError) in try FileSystem.absolute(source) }
        return try store.exclusively { () throws(StoreError) in
            if try store.hasBlob(digest, size: status.size), (try? store.checkLink(digest)) != nil {
                try? FileSystem.removeFile(path)
                try touch(digest)
                try hold(digest)
                return StoredBlob(digest: digest, size: status.size, isNew: false)
            }
            // The record first: a link without one would be trusted blindly.
            try store.write(LinkRecord(source: absolute, status: status), for: digest)
            return try add(path, as: digest, size: status.size)
        }
    }
}
