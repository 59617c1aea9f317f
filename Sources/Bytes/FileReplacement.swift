import Glibc

/// Writes a file under a temporary name beside its own and renames it when it is whole: a reader sees the old bytes or the new
/// ones, never a part, and a failure leaves the old file alone.
public final class FileReplacement {
    public let path: String
    private let temporaryPath: String
    private let descriptor: Int32
    private var isFinished = false

    /// - Parameter byteCount: what will be written, where it is known: the space is looked for before the work starts.
    /// - Throws: `BytesError.notRegularFile` where a folder, a device or a pipe has the name: renaming would put a file in its place.
    public init(path: String, byteCount: Int? = nil, mode: UInt32 = 0o644) throws(BytesError) {
        if let status = try FileStatus.ifPresent(path), status.kind != .regular { throw .notRegularFile(path: path) }
        let temporaryPath = "\(path).\(getpid()).part"
        // Of a process that was killed and had this number.
        unlink(temporaryPath)
        let descriptor = try SystemCall.check("create", path) {
            open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        }
        self.path = path
        self.temporaryPath = temporaryPath
        self.descriptor = descriptor
        if let byteCount, byteCount > 0 {
            var room = statvfs()
            if fstatvfs(descriptor, &room) == 0, UInt64(room.f_bavail) * UInt64(room.f_frsize) < UInt64(byteCount) {
                close(descriptor)
                unlink(temporaryPath)
                isFinished = true
                throw .system(operation: "write \(byteCount) bytes to", path: path, code: ENOSPC)
            }
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
    }

    /// Makes the file what `path` names, on disk for good.
    public func commit() throws(BytesError) {
        try SystemCall.check("write", path) { fsync(descriptor) }
        try SystemCall.check("rename", path) { rename(temporaryPath, path) }
        close(descriptor)
        isFinished = true
    }

    deinit {
        guard !isFinished else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    /// Replaces the whole file at once.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(BytesError) {
        let file = try FileReplacement(path: path, byteCount: bytes.count, mode: mode)
        try file.write(bytes)
        try file.commit()
    }
}
