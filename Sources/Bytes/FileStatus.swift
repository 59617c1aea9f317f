import Glibc

/// What the file system says of a file: enough to know it again and to see that it was changed.
public struct FileStatus: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case regular, folder, link, other
    }

    public let kind: Kind
    /// In bytes.
    public let size: Int
    public let modified: FileTime
    /// The file system that holds the file.
    public let device: UInt64
    /// The file's number on that file system; hard links share it.
    public let inode: UInt64
    public let linkCount: Int
    /// Permission bits, such as 0o644.
    public let permissions: UInt32

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        size = Int(status.st_size)
        modified = FileTime(seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        linkCount = Int(status.st_nlink)
        permissions = UInt32(status.st_mode & 0o7777)
    }

    /// - Parameter followsLinks: whether a symbolic link is looked through.
    /// - Throws: `BytesError.system` when there is nothing at `path` or it cannot be reached.
    public init(path: String, followsLinks: Bool = true) throws(BytesError) {
        var status = stat()
        try SystemCall.check("examine", path) { followsLinks ? stat(path, &status) : lstat(path, &status) }
        self.init(status)
    }

    /// The status of the file at `path`, or nil where there is none.
    public static func ifPresent(_ path: String, followsLinks: Bool = true) throws(BytesError) -> FileStatus? {
        do { return try FileStatus(path: path, followsLinks: followsLinks) } catch {
            // ENOTDIR: a file stands where a folder of the path was expected.
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }
}

/// A point in time as file systems keep it, counted from 1970.
public struct FileTime: Sendable, Hashable, Comparable {
    public let seconds: Int
    public let nanoseconds: Int

    public init(seconds: Int, nanoseconds: Int = 0) { (self.seconds, self.nanoseconds) = (seconds, nanoseconds) }

    public static func now() -> FileTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return FileTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    public static func < (left: FileTime, right: FileTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
