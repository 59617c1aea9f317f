import Bytes
import Dispatch
import ModelManifest
import Synchronization

/// SHA-256 of pieces in order, on a thread of its own, so that hashing and writing overlap.
///
/// At most `depth` pieces wait; whoever hands in more waits too, so memory stays bounded.
final class DigestPipeline: Sendable {
    enum Piece: Sendable {
        case bytes([UInt8])
        case region(ByteRegion)
    }

    private static let depth = 4

    private let hasher = Mutex(DigestHasher())
    private let queue = DispatchQueue(label: "quern.sha256")
    private let vacancies = DispatchSemaphore(value: depth)

    func update(_ piece: Piece) {
        vacancies.wait()
        queue.async { [self] in
            hash(piece)
            vacancies.signal()
        }
    }

    /// The digest of everything handed in.
    func finish() -> Digest {
        queue.sync {}
        return hasher.withLock { $0.finalize() }
    }

    private func hash(_ piece: Piece) {
        hasher.withLock { hasher in
            switch piece {
            case .bytes(let bytes): hasher.update(bytes)
            case .region(let region): region.withSpan { hasher.update($0) }
            }
        }
    }
}

extension ModelStore {
    /// Bytes that are read, hashed and written at a time.
    static let chunkByteCount = 1 << 20

    /// The digest of the file at `path`.
    func digestOfFile(_ path: String, isCancelled: () -> Bool = { false }) throws(StoreError) -> Digest {
        let file = try storing { () throws(BytesError) in try OpenFile.reading(path) }
        return try digest(of: file, isCancelled: isCancelled) { _ in }
    }

    /// The digest of an open file from its position to its end; reading and hashing overlap.
    func digest(
        of file: borrowing OpenFile, isCancelled: () -> Bool, progress: (_ bytes: Int) -> Void
    ) throws(StoreError) -> Digest {
        let pipeline = DigestPipeline()
        while true {
            if isCancelled() { throw .cancelled }
            var chunk = [UInt8](repeating: 0, count: Self.chunkByteCount)
            let count: Int
            do { count = try file.read(into: &chunk) } catch { throw .system(error) }
            if count < chunk.count { chunk.removeLast(chunk.count - count) }
            let isLast = count < Self.chunkByteCount
            if count > 0 { pipeline.update(.bytes(chunk)) }
            progress(count)
            if isLast { return pipeline.finish() }
        }
    }
}
