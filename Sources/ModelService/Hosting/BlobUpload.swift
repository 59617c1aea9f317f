public import ModelManifest
public import ModelStore
import Synchronization

/// A blob that arrives over the network: written as it comes, and kept if it is what it was said to be.
public final class BlobUpload: Sendable {
    private let digest: Digest
    private let text: String
    private let parts: Mutex<Parts>

    private struct Parts {
        let session: StoreSession
        let writer: BlobWriter
        /// What came since the last write.
        var pending: [UInt8] = []
    }

    /// Bytes that are gathered before a thread writes them.
    private static let portion = 4 << 20

    /// - Parameter text: the digest as the client wrote it, for errors.
    public init(digest: Digest, text: String, store: ModelStore) throws {
        (self.digest, self.text) = (digest, text)
        let session = try StoreSession(store)
        parts = Mutex(Parts(session: session, writer: try session.makeBlob()))
    }

    /// Takes the next bytes.
    public func add(_ bytes: [UInt8]) async throws {
        let isEnough = parts.withLock { parts in
            parts.pending += bytes
            return parts.pending.count >= Self.portion
        }
        if isEnough { try await WorkerThread.run { try self.write() } }
    }

    private func write() throws {
        try parts.withLock { parts in
            try parts.writer.write(parts.pending)
            parts.pending.removeAll(keepingCapacity: true)
        }
    }

    /// Keeps the blob. One that no model names yet stays for an hour.
    ///
    /// - Throws: `ServiceError.digestMismatch`, and nothing is kept.
    public func finish() async throws {
        try await WorkerThread.run {
            try self.write()
            try self.parts.withLock { parts in
                let blob = try parts.writer.finish()
                guard blob.digest == self.digest else {
                    throw ServiceError.digestMismatch(expected: self.text, found: blob.digest.description)
                }
                try parts.session.keep(blob)
            }
        }
    }
}
