import Bytes
import Dispatch
import GGUF
import JSONText
import ModelManifest
import Quantization
import Synchronization
import Tensors

/// An output that is being written: `NAME.part`, with a journal beside it, locked against other processes.
///
/// A process that is killed leaves both; the next one checks what the journal says against the bytes and goes on behind it. Bytes and
/// journal go to the disk on a thread of their own, bytes first.
final class PartFile: SharedQuantization.Receiver {
    let path: String
    let finishedTensors: Int
    /// Bytes that were there already.
    let resumedByteCount: Int
    private let plan: GGUFQuantization
    private let part: OpenFile
    private let journal: OpenFile
    private let stream: Mutex<(hasher: DigestHasher, byteCount: Int)>
    private let ledger = Mutex(Ledger())
    private let queue = DispatchQueue(label: "quern.journal")

    private struct Ledger {
        /// Tensors that were written and are not in the journal.
        var waiting: [PartJournal.Mark] = []
        var isScheduled = false
        var failure: (any Error)?
    }

    static func partPath(_ path: String) -> String { path + ".part" }
    static func journalPath(_ path: String) -> String { path + ".part.journal" }

    /// Opens what an earlier process left, or begins.
    ///
    /// - Throws: `BatchError.outputBusy`, or `BytesError` where the file cannot be written or there is no room for it.
    init(path: String, plan: GGUFQuantization, request: Digest) throws {
        if let status = try FileStatus.ifPresent(path), status.kind != .regular { throw BytesError.notRegularFile(path: path) }
        try FileSystem.makeFolder(PathText.folder(of: path))
        let part = try Self.openLocked(path)
        let head = PartJournal.Head(
            request: request, header: Digest(of: plan.layout.header), byteCount: plan.totalByteCount)
        let left = try PartJournal(path: Self.journalPath(path), head: head)
        let checked = try Self.checked(left?.marks ?? [], partPath: Self.partPath(path), plan: plan)
        (self.path, self.plan) = (path, plan)
        finishedTensors = checked.count
        resumedByteCount = checked.byteCount
        stream = Mutex((checked.hasher, checked.byteCount))
        try part.trimReservation(to: checked.byteCount)
        try part.reserve(plan.totalByteCount)
        try part.seek(to: checked.byteCount)
        self.part = part
        journal = try OpenFile.updating(Self.journalPath(path))
        try beginJournal(head, keeping: checked.count == 0 ? 0 : left?.ends[checked.count - 1] ?? 0)
    }

    private func beginJournal(_ head: PartJournal.Head, keeping byteCount: Int) throws {
        try journal.trimReservation(to: byteCount)
        try journal.seek(to: byteCount)
        if byteCount == 0 { try journal.write(Array((head.json.text() + "\n").utf8)) }
        try journal.synchronize()
    }

    /// Whether an earlier process was killed when the file was whole and perhaps had its name already.
    static func wholeFile(path: String, plan: GGUFQuantization, request: Digest) throws -> Digest? {
        let head = PartJournal.Head(
            request: request, header: Digest(of: plan.layout.header), byteCount: plan.totalByteCount)
        guard let whole = try PartJournal(path: journalPath(path), head: head)?.whole,
            let status = try FileStatus.ifPresent(path), status.size == plan.totalByteCount, status.inode == whole.inode,
            status.modified.text == whole.modified
        else { return nil }
        return whole.digest
    }

    private static func openLocked(_ path: String) throws -> OpenFile {
        while true {
            let file = try OpenFile.updating(partPath(path))
            guard try file.tryLock() else { throw BatchError.outputBusy(path: path) }
            // Whoever held the lock may have given the file its name meanwhile; then it is not ours to write to.
            if let status = try FileStatus.ifPresent(partPath(path)), try file.status().inode == status.inode { return file }
        }
    }

    /// The marks that fit the plan and the bytes, up to the first that does not.
    private static func checked(
        _ marks: [PartJournal.Mark], partPath: String, plan: GGUFQuantization
    ) throws -> (count: Int, byteCount: Int, hasher: DigestHasher) {
        var (count, byteCount, hasher) = (0, 0, DigestHasher())
        guard !marks.isEmpty else { return (0, 0, hasher) }
        let region = try ByteRegion.mapping(partPath)
        var (position, running) = (0, DigestHasher())
        for (mark, placement) in zip(marks, plan.layout.tensors) {
            guard mark.offset == placement.fileOffset, mark.length == placement.tensor.byteCount + placement.padding,
                mark.end <= region.count
            else { break }
            while position < mark.end {
                try Interruption.check()
                let next = min(mark.end, position + (4 << 20))
                region.part(position..<next)?.withSpan { running.update($0) }
                region.part(position..<next)?.advise(.doneWith)
                position = next
            }
            guard running.finalize() == mark.digest else { break }
            (count, byteCount, hasher) = (mark.tensor + 1, mark.end, running)
        }
        try region.checkIntact()
        return (count, byteCount, hasher)
    }

    func write(_ bytes: RawSpan) throws {
        if let failure = ledger.withLock({ $0.failure }) { throw failure }
        try part.write(bytes)
        stream.withLock { stream in
            stream.hasher.update(bytes)
            stream.byteCount += bytes.byteCount
        }
    }

    func finish(tensor index: Int) throws {
        let placement = plan.layout.tensors[index]
        let digest = stream.withLock { $0.hasher.finalize() }
        let mark = PartJournal.Mark(
            tensor: index, name: placement.tensor.name, offset: placement.fileOffset,
            length: placement.tensor.byteCount + placement.padding, digest: digest)
        let isScheduled = ledger.withLock { ledger in
            ledger.waiting.append(mark)
            defer { ledger.isScheduled = true }
            return ledger.isScheduled
        }
        if !isScheduled { queue.async { self.keepBooks() } }
    }

    /// Brings what was written to the disk, and then what the journal says of it.
    private func keepBooks() {
        let marks = ledger.withLock { ledger in
            defer { (ledger.waiting, ledger.isScheduled) = ([], false) }
            return ledger.waiting
        }
        do {
            try part.synchronizeData()
            try journal.write(marks.flatMap { Array(($0.json.text() + "\n").utf8) })
            try journal.synchronizeData()
        } catch { ledger.withLock { $0.failure = $0.failure ?? error } }
    }

    /// Waits until every finished tensor is in the journal. The file stays as it is, to be gone on with.
    func settle() { queue.sync {} }

    /// Gives the file its name. The journal stays until `forget`.
    /// - Returns: the digest of the whole file.
    func commit() throws -> Digest {
        settle()
        if let failure = ledger.withLock({ $0.failure }) { throw failure }
        let digest = stream.withLock { $0.hasher.finalize() }
        try part.trimReservation(to: plan.totalByteCount)
        try part.synchronize()
        let status = try part.status()
        let whole = PartJournal.Whole(digest: digest, inode: status.inode, modified: status.modified.text)
        try journal.write(Array((whole.json.text() + "\n").utf8))
        try journal.synchronize()
        try FileSystem.rename(Self.partPath(path), to: path)
        try FileSystem.synchronizeFolder(PathText.folder(of: path))
        return digest
    }

    /// Removes the journal of a file whose end is recorded elsewhere.
    static func forget(_ path: String) {
        try? FileSystem.removeFile(journalPath(path))
    }
}
