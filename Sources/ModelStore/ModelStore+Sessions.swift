import Bytes
import ModelManifest

/// The ends of sessions: their own, and those of processes that died. The store must be locked for all of this.
extension ModelStore {
    /// Ends the sessions whose process is gone.
    func sweepSessions() throws(StoreError) {
        for name in try names(in: sessionsFolder) {
            let folder = sessionsFolder + "/" + name
            if try isAlive(folder) { continue }
            try endSession(folder)
        }
    }

    /// Whether somebody holds the session's lock. A folder without one was made by a process that died the moment after.
    private func isAlive(_ folder: String) throws(StoreError) -> Bool {
        let path = folder + "/" + StoreSession.lockName
        guard try storing({ () throws(BytesError) in try FileStatus.ifPresent(path) }) != nil else { return false }
        guard let lock = try? OpenFile.reading(path), let isFree = try? lock.tryLock() else { return true }
        return !isFree
    }

    /// Removes a session's folder, what it had to put elsewhere, and the blobs that it added or replaced and that nothing needs.
    func endSession(_ folder: String) throws(StoreError) {
        let names = try names(in: folder)
        var orphans: Set<Digest> = []
        for name in names where name != StoreSession.lockName {
            let path = folder + "/" + name
            if name.hasPrefix(StoreSession.elsewherePrefix) { removeStaged(namedIn: path) }
            if name.hasPrefix(StoreSession.orphanPrefix) {
                if let digest = orphan(name, markedAt: path) { orphans.insert(digest) }
            } else {
                try? FileSystem.removeFile(path)
            }
        }
        // The markers last: whoever is killed here leaves them to the next sweep.
        try removeOrphans(among: orphans)
        for name in names { try? FileSystem.removeFile(folder + "/" + name) }
        _ = try? FileSystem.removeFolderIfEmpty(folder)
    }

    /// Removes the temporary file whose path the file at `path` holds, if it lies in this store.
    private func removeStaged(namedIn path: String) {
        guard let bytes = try? OpenFile.contents(of: path, limit: 1 << 16) else { return }
        let staged = String(decoding: bytes, as: UTF8.self)
        if staged.hasPrefix(root + "/"), !staged.contains("/../") { try? FileSystem.removeFile(staged) }
    }

    /// The blob that a marker stands for, unless somebody has used it since: then it is theirs.
    private func orphan(_ name: String, markedAt path: String) -> Digest? {
        guard name.hasPrefix(StoreSession.orphanPrefix),
            let digest = try? Digest(String(name.dropFirst(StoreSession.orphanPrefix.count))),
            let marker = try? FileStatus(path: path), let blob = try? blobStatus(digest), blob.modified <= marker.modified
        else { return nil }
        return digest
    }

    /// The folders of the sessions that hold each blob.
    func holders() throws(StoreError) -> [Digest: [String]] {
        var holders: [Digest: [String]] = [:]
        for session in try names(in: sessionsFolder) {
            let folder = sessionsFolder + "/" + session
            for name in try names(in: folder) {
                if let digest = try? Digest(name) { holders[digest, default: []].append(folder) }
            }
        }
        return holders
    }

    /// Has the session in `folder` remove the blob when it ends, unless something needs it then.
    func leave(_ digest: Digest, to folder: String) throws(StoreError) {
        let marker = folder + "/" + StoreSession.orphanPrefix + digest.fileName
        try writing { () throws(BytesError) in _ = try OpenFile.lockFile(marker) }
    }
}
