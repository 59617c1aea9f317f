import Bytes
import ModelManifest

/// The ends of sessions: their own, and those of processes that died. The store must be locked for all of this.
extension ModelStore {
    /// Ends the sessions whose process is gone.
    func sweepSessions() throws(StoreError) {
        for name in try names(in: sessionsFolder) {
            let folder = sessionsFolder + "/" + name
            // Who can lock it is alone with it. A folder without a lock file was made by a process that died the moment after.
            if let lock = try? OpenFile.reading(folder + "/" + StoreSession.lockName) {
                guard (try? lock.tryLock()) == true else { continue }
                try endSession(folder)
            } else {
                try endSession(folder)
            }
        }
    }

    /// Removes a session's folder, what it had to put elsewhere, and the blobs that it added or replaced and that nothing needs.
    func endSession(_ folder: String) throws(StoreError) {
        var orphans: Set<Digest> = []
        for name in try names(in: folder) {
            let path = folder + "/" + name
            if name.hasPrefix(StoreSession.elsewherePrefix) { removeStaged(namedIn: path) }
            if let digest = orphan(name, markedAt: path) { orphans.insert(digest) }
            try? FileSystem.removeFile(path)
        }
        _ = try? FileSystem.removeFolderIfEmpty(folder)
        try removeOrphans(among: orphans)
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

    /// The blobs that running sessions hold.
    func heldDigests() throws(StoreError) -> Set<Digest> {
        var digests: Set<Digest> = []
        for session in try names(in: sessionsFolder) {
            for name in try names(in: sessionsFolder + "/" + session) {
                if let digest = try? Digest(name) { digests.insert(digest) }
            }
        }
        return digests
    }
}
