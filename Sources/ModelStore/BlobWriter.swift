public import Bytes
import ModelManifest

/// A blob that is being written: a temporary file, hashed as it grows, that becomes a blob with `finish`.
///
/// A writer that goes away unfinished takes its file with it.
public final class BlobWriter {
    private let session: StoreSession
    private let file: OpenFile
    private let pipeline = DigestPipeline()
    /// Small writes on their way to the file.
    private var pending: [UInt8] = []
    private let expected: Int?
    private var isFinished = false
    /// Bytes handed in so far.
    public private(set) var byteCount = 0
    private var startedWriting = 0

    /// How many bytes are let pile up in memory before the disk is asked to start on them.
    private static let writebackByteCount = 32 << 20

    init(session: StoreSession, expecting expected: Int?) throws(StoreError) {
        self.session = session
        self.expected = expected
        if let expected, session.store.freeByteCount < expected {
            throw .noSpace(store: session.store.root, needed: expected, free: session.store.freeByteCount)
        }
        let path = try session.stagingPath(in: session.store.blobsFolder)
        file = try session.store.writing { () throws(BytesError) in try OpenFile.creating(path) }
        if let expected {
            try session.store.writing(needed: expected) { () throws(BytesError) in try file.reserve(expected) }
        }
    }

    deinit { if !isFinished { try? FileSystem.removeFile(file.path) } }

    public func write(_ bytes: [UInt8]) throws(StoreError) {
        if bytes.count < ModelStore.chunkByteCount {
            pending.append(contentsOf: bytes)
            byteCount += bytes.count
            if pending.count >= ModelStore.chunkByteCount { try flush() }
        } else {
            try flush()
            byteCount += bytes.count
            try put(.bytes(bytes))
        }
    }

    public func write(_ bytes: RawSpan) throws(StoreError) {
        var offset = 0
        while offset < bytes.byteCount {
            let end = min(offset + ModelStore.chunkByteCount - pending.count, bytes.byteCount)
            pending.append(contentsOf: bytes.extracting(offset..<end))
            byteCount += end - offset
            offset = end
            if pending.count >= ModelStore.chunkByteCount { try flush() }
        }
    }

    /// Writes a region without copying it.
    public func write(_ region: ByteRegion) throws(StoreError) {
        try flush()
        var offset = 0
        while offset < region.count {
            let end = min(offset + 4 * ModelStore.chunkByteCount, region.count)
            guard let part = region.part(offset..<end) else { break }
            byteCount += part.count
            try put(.region(part))
            offset = end
        }
    }

    /// Makes what was written a blob of the store. Nothing may be written afterwards.
    public func finish() throws(StoreError) -> StoredBlob {
        try flush()
        let digest = pipeline.finish()
        if let expected, expected != byteCount {
            try session.store.writing { () throws(BytesError) in try file.trimReservation(to: byteCount) }
        }
        // A blob that is already there needs no second copy on the disk.
        if try !session.store.hasBlob(digest, size: byteCount) {
            try session.store.writing(needed: expected) { () throws(BytesError) in
                try file.setPermissions(0o644)
                try file.synchronize()
            }
        }
        let blob = try session.place(file.path, as: digest, size: byteCount)
        isFinished = true
        return blob
    }

    private func flush() throws(StoreError) {
        if pending.isEmpty { return }
        let chunk = pending
        pending = []
        pending.reserveCapacity(ModelStore.chunkByteCount)
        try put(.bytes(chunk))
    }

    private func put(_ piece: DigestPipeline.Piece) throws(StoreError) {
        if session.isCancelled() { throw .cancelled }
        pipeline.update(piece)
        try session.store.writing(needed: expected) { () throws(BytesError) in
            switch piece {
            case .bytes(let bytes): try file.write(bytes)
            case .region(let region):
                try region.withSpan { (span) throws(BytesError) in try file.write(span) }
                try region.checkIntact()
            }
        }
        let written = byteCount - pending.count
        if written - startedWriting >= Self.writebackByteCount {
            file.startWriting(startedWriting..<written)
            startedWriting = written
        }
    }
}
