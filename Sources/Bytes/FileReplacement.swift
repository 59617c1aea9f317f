import CLinux
import Glibc

/// Writes a file without a name and gives it its name when it is whole: a reader sees the old bytes or the new ones, never a part,
/// and a failure leaves the old file alone.
///
/// Where the file system has files without names (O_TMPFILE), a process that is killed leaves nothing behind. Elsewhere the file has a
/// name of its own beside the wanted one and a lock on it, and the next process that writes there removes what nobody holds any more.
public final class FileReplacement {
    public let path: String
    /// Where the file lies until it is whole, or for the moment in which it takes its name.
    private let temporaryPath: String
    private let descriptor: Int32
    private let isUnnamed: Bool
    private let isDurable: Bool
    private var isFinished = false
    private var byteCount = 0
    /// Bytes that the disk was asked to take.
    private var startedCount = 0

    /// Bytes after which the disk is set to work, so that the wait at the end is short.
    private static let stretch = 16 << 20

    /// - Parameters:
    ///   - path: where it is a link, the file that it leads to is written, there already or not, and the link stays.
    ///   - byteCount: what will be written, where it is known: the space is looked for before the work starts.
    ///   - durably: `commit` waits until the file is on disk for good. Without, a crash of the whole machine may still lose it, as it
    ///     may any file that was copied a moment ago; a crash of the process may not.
    /// - Throws: `BytesError.notRegularFile` where a folder, a device or a pipe has the name: renaming would put a file in its place.
    public init(path: String, byteCount: Int? = nil, mode: UInt32 = 0o644, durably: Bool = true) throws(BytesError) {
        let path = try FileSystem.behindLinks(path)
        if let status = try FileStatus.ifPresent(path), status.kind != .regular { throw .notRegularFile(path: path) }
        self.path = path
        isDurable = durably
        temporaryPath = "\(path).\(getpid()).part"
        let (folder, name) = Self.split(path)
        Self.removeAbandoned(folder: folder, name: name)
        let unnamed = quern_open_unnamed(folder, mode)
        isUnnamed = unnamed >= 0
        descriptor = isUnnamed ? unnamed : try Self.openLocked(temporaryPath, for: path, mode: mode)
        if let byteCount, byteCount > 0 {
            do { try reserve(byteCount) } catch {
                discard()
                throw error
            }
        }
    }

    /// Looks for room for `byteCount` bytes beside `path`: for several files that are to be written there, before the first.
    ///
    /// - Throws: `BytesError.system` with ENOSPC.
    public static func checkRoom(for byteCount: Int, at path: String) throws(BytesError) {
        let folder = split(try FileSystem.behindLinks(path)).folder
        if try FileSystem.freeByteCount(at: folder) < byteCount {
            throw .system(operation: "write \(byteCount) bytes to", path: path, code: ENOSPC)
        }
    }

    private func reserve(_ count: Int) throws(BytesError) {
        var room = statvfs()
        guard fstatvfs(descriptor, &room) == 0 else { return }
        let (free, overflow) = UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize))
        if !overflow, free < UInt64(count) {
            throw .system(operation: "write \(count) bytes to", path: path, code: ENOSPC)
        }
    }

    public func write(_ bytes: [UInt8]) throws(BytesError) { try write(bytes.span.bytes) }

    public func write(_ span: RawSpan) throws(BytesError) {
        var done = 0
        while done < span.byteCount {
            done += try span.withUnsafeBytes { buffer throws(BytesError) in
                try SystemCall.check("write", path) {
                    Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                }
            }
        }
        byteCount += span.byteCount
        startWriting()
    }

    /// Appends bytes of another file inside the kernel: shared where the file system can do that, copied otherwise.
    ///
    /// - Throws: `BytesError.system`, or `BytesError.truncated` where the other file ends before `range`.
    public func append(_ range: Range<Int>, of source: borrowing OpenFile) throws(BytesError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Self.stretchToShare(range, from: offset, at: byteCount)
            let copied = source.copyRange(from: offset, count: count, to: descriptor, at: byteCount)
            if copied == 0 { throw .truncated(offset: offset, needed: UInt64(range.upperBound - offset), available: offset) }
            if copied > 0 {
                (offset, byteCount) = (offset + copied, byteCount + copied)
                // The file's own position follows, for what is written after this.
                lseek(descriptor, off_t(byteCount), SEEK_SET)
            } else {
                // File systems and kernels that cannot: through a buffer.
                try write(try source.readRange(offset..<min(range.upperBound, offset + Self.stretch)))
                offset = min(range.upperBound, offset + Self.stretch)
            }
        }
        startWriting()
    }

    /// How much to copy next. File systems share whole blocks only, so where both files agree in what is left over of a block, that is
    /// copied by itself.
    private static func stretchToShare(_ range: Range<Int>, from offset: Int, at target: Int) -> Int {
        let block = 4096
        let left = min(range.upperBound - offset, 1 << 30)
        guard offset % block == target % block, left > block else { return left }
        return offset % block == 0 ? left / block * block : block - offset % block
    }

    private func startWriting() {
        guard isDurable, byteCount - startedCount >= Self.stretch else { return }
        quern_start_writing(descriptor, Int64(startedCount), Int64(byteCount - startedCount))
        startedCount = byteCount
    }

    /// Makes the file what `path` names.
    public func commit() throws(BytesError) {
        if isDurable { try SystemCall.check("write", path) { fsync(descriptor) } }
        if isUnnamed {
            // Of a process that was killed in this moment and had our number.
            unlink(temporaryPath)
            try SystemCall.check("name", path) { quern_name_file(descriptor, temporaryPath) }
        }
        do {
            try SystemCall.check("rename", path) { rename(temporaryPath, path) }
        } catch {
            unlink(temporaryPath)
            throw error
        }
        close(descriptor)
        isFinished = true
    }

    private func discard() {
        close(descriptor)
        if !isUnnamed { unlink(temporaryPath) }
        isFinished = true
    }

    deinit { if !isFinished { discard() } }

    /// Replaces the whole file at once.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(BytesError) {
        let file = try FileReplacement(path: path, byteCount: bytes.count, mode: mode)
        try file.write(bytes)
        try file.commit()
    }
}

/// Files with names of their own, for file systems that have no others.
extension FileReplacement {
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }

    private static func openLocked(_ temporaryPath: String, for path: String, mode: UInt32) throws(BytesError) -> Int32 {
        let descriptor = try SystemCall.check("create", path) {
            open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        }
        // Ends with the process; whoever finds the file unlocked may remove it.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        return descriptor
    }

    /// Removes the unfinished files of processes that were killed while they wrote `name`.
    private static func removeAbandoned(folder: String, name: String) {
        let place = Folder(folder)
        for candidate in (try? place.names()) ?? [] where isTemporary(candidate, of: name) {
            let path = place.path(of: candidate)
            let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
            close(descriptor)
        }
    }

    /// `NAME.NUMBER.part`
    private static func isTemporary(_ candidate: String, of name: String) -> Bool {
        guard candidate.hasPrefix(name + "."), candidate.hasSuffix(".part") else { return false }
        let number = candidate.dropFirst(name.count + 1).dropLast(".part".count)
        return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
