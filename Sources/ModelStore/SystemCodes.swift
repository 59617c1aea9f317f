import Bytes
import Glibc

extension BytesError {
    var isFullDisk: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
    var isDenied: Bool { code == EROFS || code == EACCES || code == EPERM }
    var isAbsence: Bool { code == ENOENT || code == ENOTDIR }
    var isTaken: Bool { code == EEXIST }
    /// The file system has no locks, as some network ones.
    var isLockless: Bool { code == ENOLCK || code == ENOSYS || code == EOPNOTSUPP }
    /// The two paths lie on different file systems.
    var isCrossDevice: Bool { code == EXDEV }
    /// The file system has no hard links, or the file no room for another.
    var isLinkless: Bool { code == EXDEV || code == EPERM || code == EOPNOTSUPP || code == EMLINK || code == ENOSYS }
}
