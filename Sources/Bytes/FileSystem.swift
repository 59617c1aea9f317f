import CLinux
import Glibc

/// What is done to paths rather than to open files.
public enum FileSystem {
    /// Makes the folder at `path` and every missing folder above it.
    public static func makeFolder(_ path: String) throws(BytesError) {
        if mkdir(path, 0o755) == 0 { return }
        if errno == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
            if mkdir(path, 0o755) == 0 { return }
        }
        let code = errno
        // Somebody else may have made it meanwhile, and a link to a folder will do.
        if code == EEXIST, let status = try? FileStatus(path: path), status.kind == .folder { return }
        throw .system(operation: "make folder", path: path, code: code)
    }

    /// `path` from the root of the file system; a relative one starts at the current folder. Links and `..` stay as they are.
    public static func absolute(_ path: String) throws(BytesError) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { throw .system(operation: "find the current folder for", path: path, code: errno) }
        defer { free(current) }
        let folder = String(cString: current)
        return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    /// The path of what `path` names, from the root, with every link followed.
    public static func resolved(_ path: String) throws(BytesError) -> String {
        guard let real = realpath(path, nil) else { throw .system(operation: "find", path: path, code: errno) }
        defer { free(real) }
        return String(cString: real)
    }

    /// Where a file is that is opened for writing as `path`: behind every link at the end of the path. The last link may lead to nothing.
    ///
    /// - Throws: `BytesError.system` with ELOOP for links that lead to each other.
    public static func behindLinks(_ path: String) throws(BytesError) -> String {
        var place = path
        for _ in 0..<40 {
            guard let text = linkText(place) else { return place }
            let folder = place.lastIndex(of: "/").map { String(place[...$0]) } ?? ""
            place = text.hasPrefix("/") ? text : folder + text
        }
        throw .system(operation: "write", path: path, code: ELOOP)
    }

    /// What the symbolic link at `path` says; nil where there is no link.
    private static func linkText(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path, start, buffer.count)
            guard count > 0 else { return nil }
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
        }
    }

    /// Gives the file at `old` the path `new`, in one step; what was at `new` is gone.
    public static func rename(_ old: String, to new: String) throws(BytesError) {
        try SystemCall.check("move '\(old)' to", new) { Glibc.rename(old, new) }
    }

    /// Makes `new` a second name of the file at `old`.
    public static func link(_ old: String, to new: String) throws(BytesError) {
        try SystemCall.check("link '\(old)' to", new) { Glibc.link(old, new) }
    }

    public static func removeFile(_ path: String) throws(BytesError) {
        try SystemCall.check("remove", path) { unlink(path) }
    }

    /// Removes a folder that is empty; false when it is not.
    @discardableResult
    public static func removeFolderIfEmpty(_ path: String) throws(BytesError) -> Bool {
        if rmdir(path) == 0 { return true }
        if errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT { return false }
        throw .system(operation: "remove", path: path, code: errno)
    }

    /// Sets the file's times to now.
    public static func touch(_ path: String) throws(BytesError) {
        try SystemCall.check("touch", path) { utimensat(AT_FDCWD, path, nil, 0) }
    }

    /// Sets the file's time of modification.
    public static func setModified(_ path: String, to time: FileTime) throws(BytesError) {
        let value = timespec(tv_sec: time.seconds, tv_nsec: time.nanoseconds)
        try SystemCall.check("touch", path) { utimensat(AT_FDCWD, path, [value, value], 0) }
    }

    /// Waits until the names in the folder at `path` are on the disk.
    public static func synchronizeFolder(_ path: String) throws(BytesError) {
        let descriptor = try SystemCall.check("open", path) { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        do { try SystemCall.check("write", path) { fsync(descriptor) } } catch {
            // Some file systems keep folders in order by themselves and say that they can't.
            if error.code != EINVAL { throw error }
        }
    }

    /// Whether files on the file system that holds `path` can share blocks (btrfs, XFS, bcachefs).
    public static func canShareBlocks(at path: String) -> Bool {
        // linux/magic.h, and bcachefs.
        [0x9123_683E, 0x5846_5342, 0xCA45_1A4E].contains(quern_file_system_kind(path))
    }

    /// Bytes that may still be written to the file system that holds `path`.
    public static func freeByteCount(at path: String) throws(BytesError) -> Int {
        var status = statvfs()
        try SystemCall.check("examine", path) { statvfs(path, &status) }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow || bytes > UInt64(Int.max) ? Int.max : Int(bytes)
    }
}
