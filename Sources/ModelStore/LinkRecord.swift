import Bytes
import JSONText
import ModelManifest

/// What is remembered of a blob that is a hard link to a file of the user, who may write to it behind the store's back.
struct LinkRecord: Equatable {
    /// The file that was linked.
    let source: String
    let inode: UInt64
    let size: Int
    let modified: FileTime

    init(source: String, status: FileStatus) {
        (self.source, inode, size, modified) = (source, status.inode, status.size, status.modified)
    }

    /// Whether the file of that status is certainly the one that was recorded, unchanged.
    func matches(_ status: FileStatus) -> Bool {
        status.inode == inode && status.size == size && status.modified == modified
    }

    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), let source = value["source"]?.string,
            let inode = value["inode"]?.string.flatMap({ UInt64($0) }), let size = value["size"]?.int,
            let seconds = value["seconds"]?.int, let nanoseconds = value["nanoseconds"]?.int
        else { return nil }
        (self.source, self.inode, self.size) = (source, inode, size)
        modified = FileTime(seconds: seconds, nanoseconds: nanoseconds)
    }

    func encoded() -> [UInt8] {
        let value: JSONValue = [
            // A string: an inode may have more digits than readers of JSON keep.
            "source": .string(source), "inode": .string(String(inode)), "size": .number(JSONNumber(size)),
            "seconds": .number(JSONNumber(modified.seconds)), "nanoseconds": .number(JSONNumber(modified.nanoseconds)),
        ]
        return value.bytes()
    }
}

extension ModelStore {
    private func linkPath(_ digest: Digest) -> String { linksFolder + "/" + digest.hex }

    func linkRecord(_ digest: Digest) -> LinkRecord? {
        (try? OpenFile.contents(of: linkPath(digest), limit: 1 << 16)).flatMap { LinkRecord(parsing: $0) }
    }

    func write(_ record: LinkRecord, for digest: Digest) throws(StoreError) {
        try writing { () throws(BytesError) in
            try FileSystem.makeFolder(linksFolder)
            let temporary = linkPath(digest) + "-\(UInt64.random(in: 0 ... .max))"
            do throws(BytesError) {
                try OpenFile.creating(temporary).write(record.encoded())
                try FileSystem.rename(temporary, to: linkPath(digest))
            } catch {
                try? FileSystem.removeFile(temporary)
                throw error
            }
        }
    }

    func forgetLink(_ digest: Digest) { try? FileSystem.removeFile(linkPath(digest)) }

    /// That the blob, where it is a hard link, still has the bytes it was linked with.
    ///
    /// A time of modification that differs is not enough to condemn it (Ollama sets it whenever it uses a blob), so then the
    /// bytes are hashed, and a record of the new time saves doing that again.
    func checkLink(_ digest: Digest) throws(StoreError) {
        guard let record = linkRecord(digest), let status = try blobStatus(digest) else { return }
        if record.matches(status) { return }
        // A blob of another inode has taken the link's place and is the store's own.
        guard record.inode == status.inode else {
            forgetLink(digest)
            return
        }
        guard record.size == status.size, try digestOfFile(path(of: digest)) == digest else {
            throw .linkedFileChanged(digest, source: record.source)
        }
        try? write(LinkRecord(source: record.source, status: status), for: digest)
    }

    /// Sets the blob's time to now, which keeps Ollama from pruning it for an hour. A link keeps the time of the user's file; it is
    /// the session's own hold on it that brings it back if it is pruned.
    func touch(_ digest: Digest) throws(StoreError) {
        try checkLink(digest)
        if linkRecord(digest) != nil { return }
        let path = path(of: digest)
        try writing { () throws(BytesError) in try FileSystem.touch(path) }
    }
}
