import CLinux
import Glibc

/// An open file that closes itself: reading, writing from the start to the end, locking, cloning.
@safe
public struct OpenFile: ~Copyable, Sendable {
    public let path: String
    private let descriptor: Int32

    private init(path: String, _ operation: String, flags: Int32, permissions: UInt32 = 0) throws(BytesError) {
        self.path = path
        descriptor = try SystemCall.check(operation, path) { open(path, flags | O_CLOEXEC, permissions) }
    }

    deinit { close(descriptor) }

    /// Opening never waits, not even for a pipe that nobody writes to.
    public static func reading(_ path: String) throws(BytesError) -> OpenFile {
        try OpenFile(path: path, "open", flags: O_RDONLY | O_NONBLOCK)
    }

    /// A new file, empty and open for reading and writing. It is an error that the path is taken.
    public static func creating(_ path: String, permissions: UInt32 = 0o644) throws(BytesError) -> OpenFile {
        try OpenFile(path: path, "create", flags: O_RDWR | O_CREAT | O_EXCL, permissions: permissions)
    }

    /// A file to hold a lock on, made where it is missing.
    public static func lockFile(_ path: String) throws(BytesError) -> OpenFile {
        try OpenFile(path: path, "open", flags: O_RDWR | O_CREAT, permissions: 0o644)
    }

    /// A file that is there already or made empty, open for reading and writing, whatever it holds kept.
    public static func updating(_ path: String, permissions: UInt32 = 0o644) throws(BytesError) -> OpenFile {
        try OpenFile(path: path, "open", flags: O_RDWR | O_CREAT | O_NOFOLLOW, permissions: permissions)
    }

    public borrowing func status() throws(BytesError) -> FileStatus {
        var status = stat()
        try SystemCall.check("examine", path) { fstat(descriptor, &status) }
        return FileStatus(status)
    }
}

extension OpenFile {
    /// Reads until `buffer` is full or the file ends, and returns how many bytes came.
    public borrowing func read(into buffer: inout [UInt8]) throws(BytesError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try SystemCall.check("read", path) {
                buffer.withUnsafeMutableBytes { bytes in
                    Glibc.read(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled)
                }
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// The bytes of the whole regular file at `path`.
    ///
    /// - Throws: `BytesError.system` with EFBIG when it holds more than `limit` bytes.
    public static func contents(of path: String, limit: Int) throws(BytesError) -> [UInt8] {
        let file = try OpenFile.reading(path)
        let status = try file.status()
        guard status.kind == .regular else {
            throw .system(operation: "read", path: path, code: status.kind == .folder ? EISDIR : EINVAL)
        }
        let size = status.size
        guard size <= limit else { throw .system(operation: "read", path: path, code: EFBIG) }
        // One byte more than there should be shows that the file grew meanwhile.
        var bytes = [UInt8](repeating: 0, count: size + 1)
        let count = try file.read(into: &bytes)
        guard count <= size else { throw .system(operation: "read", path: path, code: EFBIG) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// All that can be read at `path`: a file's bytes, or what comes through a pipe until its other end is closed.
    ///
    /// - Throws: `BytesError.system` with EFBIG once there are more than `limit` bytes.
    public static func stream(_ path: String, limit: Int) throws(BytesError) -> [UInt8] {
        let file = try OpenFile(path: path, "open", flags: O_RDONLY)
        var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while true {
            let count = try file.read(into: &buffer)
            all += buffer.prefix(count)
            guard all.count <= limit else { throw .system(operation: "read", path: path, code: EFBIG) }
            if count < buffer.count { return all }
        }
    }

    /// Moves the file's position, where the next read or write starts.
    public borrowing func seek(to offset: Int) throws(BytesError) {
        try SystemCall.check("read", path) { lseek(descriptor, off_t(offset), SEEK_SET) }
    }

    /// Writes all of `bytes` at the file's position.
    public borrowing func write(_ bytes: RawSpan) throws(BytesError) {
        var written = 0
        while written < bytes.byteCount {
            written += try SystemCall.check("write", path) {
                bytes.withUnsafeBytes { all in
                    Glibc.write(descriptor, all.baseAddress.map { $0 + written }, all.count - written)
                }
            }
        }
    }

    public borrowing func write(_ bytes: [UInt8]) throws(BytesError) { try write(bytes.span.bytes) }

    /// Asks the file system to set `count` bytes aside, so that a full disk shows before the first of them is written. File systems
    /// that cannot are left alone.
    public borrowing func reserve(_ count: Int) throws(BytesError) {
        guard count > 0 else { return }
        let code = quern_reserve(descriptor, Int64(count))
        if code == ENOSPC || code == EFBIG || code == EDQUOT { throw .system(operation: "write", path: path, code: code) }
    }

    /// Gives back what was set aside past `count`, the file's size.
    public borrowing func trimReservation(to count: Int) throws(BytesError) {
        try SystemCall.check("write", path) { ftruncate(descriptor, off_t(count)) }
    }

    /// Starts writing `range` to the disk without waiting, so that `synchronize` finds little left to do.
    public borrowing func startWriting(_ range: Range<Int>) {
        quern_start_writing(descriptor, Int64(range.lowerBound), Int64(range.count))
    }

    /// Waits until the bytes, and what is needed to read them again, are on the disk; times may follow later.
    public borrowing func synchronizeData() throws(BytesError) { try SystemCall.check("write", path) { fdatasync(descriptor) } }

    /// Waits until the file's bytes are on the disk.
    public borrowing func synchronize() throws(BytesError) { try SystemCall.check("write", path) { fsync(descriptor) } }

    public borrowing func setPermissions(_ permissions: UInt32) throws(BytesError) {
        try SystemCall.check("change the mode of", path) { fchmod(descriptor, permissions) }
    }

    /// The bytes at `range`.
    ///
    /// - Throws: `BytesError.truncated` where the file ends before them.
    public borrowing func readRange(_ range: Range<Int>) throws(BytesError) -> [UInt8] {
        var (bytes, filled) = ([UInt8](repeating: 0, count: range.count), 0)
        while filled < bytes.count {
            let count = try SystemCall.check("read", path) {
                bytes.withUnsafeMutableBytes { buffer in
                    pread(
                        descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled,
                        off_t(range.lowerBound + filled))
                }
            }
            if count == 0 {
                throw .truncated(offset: range.lowerBound, needed: UInt64(range.count), available: range.lowerBound + filled)
            }
            filled += count
        }
        return bytes
    }

    /// Copies up to `count` bytes to another file inside the kernel. Returns how many were copied, 0 at the end of this file, and -1
    /// where kernel or file system cannot.
    borrowing func copyRange(from offset: Int, count: Int, to target: Int32, at targetOffset: Int) -> Int {
        Int(quern_copy_range(descriptor, Int64(offset), target, Int64(targetOffset), UInt64(count)))
    }

    /// Makes this empty file share the data of `source` without copying it; false where the file system cannot do that.
    public borrowing func clone(_ source: borrowing OpenFile) -> Bool {
        quern_clone_file(descriptor, source.descriptor) == 0
    }
}

extension OpenFile {
    /// Waits until this file is locked for this open file alone. The lock ends with the file, also when the process is killed.
    public borrowing func lock() throws(BytesError) { try SystemCall.check("lock", path) { flock(descriptor, LOCK_EX) } }

    /// Locks this file if nobody else holds a lock on it.
    public borrowing func tryLock() throws(BytesError) -> Bool {
        do {
            try SystemCall.check("lock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw error
        }
    }
}
