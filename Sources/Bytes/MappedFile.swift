import CLinux
import Glibc

/// A file mapped for reading, whole and private. Unmapped when the last `ByteRegion` over it goes away.
///
/// Blobs of the store are immutable and written by rename, so mapping them is safe. A user's own file may be truncated by
/// somebody else while it is mapped; the kernel then raises SIGBUS at the next read past its new end. A handler lets such a read see
/// zeros, and `checkIntact` tells: readers ask it before they hand on what they made of the bytes.
@safe
public final class MappedFile: ByteStorage, @unchecked Sendable {
    let count: Int
    public let path: String
    /// What the mapping is watched by.
    private let watch: Int32

    /// How a part of the file is going to be read.
    public enum Use: Sendable {
        case sequential, willNeed, random
        /// The pages are not needed any more and may leave memory.
        case doneWith
    }

    /// - Throws: `BytesError.system` when the file cannot be opened, is not a regular file, or cannot be mapped.
    public init(path: String) throws(BytesError) {
        // Opening a pipe would wait for somebody to write to it.
        let descriptor = try SystemCall.check("open", path) { open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
        defer { close(descriptor) }
        var status = stat()
        try SystemCall.check("examine", path) { fstat(descriptor, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .system(operation: "map", path: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        self.path = path
        self.count = Int(status.st_size)
        if count == 0 {
            // An empty file cannot be mapped. One page of nobody keeps the address valid; `deinit` unmaps it all the same.
            let address = try Self.map(length: 1, flags: MAP_PRIVATE | MAP_ANONYMOUS, descriptor: -1, path: path)
            watch = -1
            super.init(address: address)
        } else {
            let address = try Self.map(length: count, flags: MAP_PRIVATE, descriptor: descriptor, path: path)
            watch = quern_watch_mapping(address, count)
            super.init(address: address)
        }
    }

    private static func map(
        length: Int, flags: Int32, descriptor: Int32, path: String
    ) throws(BytesError) -> UnsafeRawPointer {
        let mapped = mmap(nil, length, PROT_READ, flags, descriptor, 0)
        guard let mapped = mapped, mapped != MAP_FAILED else {
            throw .system(operation: "map", path: path, code: errno)
        }
        return UnsafeRawPointer(mapped)
    }

    deinit {
        quern_forget_mapping(watch)
        munmap(UnsafeMutableRawPointer(mutating: address), max(count, 1))
    }

    /// - Throws: `BytesError.truncatedUnderneath` once a read has met the end of a file that was longer when it was mapped.
    func checkIntact() throws(BytesError) {
        if quern_mapping_was_truncated(watch) != 0 { throw .truncatedUnderneath(path: path) }
    }

    func advise(_ use: Use, offset: Int, length: Int) {
        let advice =
            switch use {
            case .sequential: MADV_SEQUENTIAL
            case .willNeed: MADV_WILLNEED
            case .random: MADV_RANDOM
            case .doneWith: MADV_DONTNEED
            }
        // madvise wants whole pages. Pages that are done with are rounded inwards, the others outwards.
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let end = offset + length
        let first = use == .doneWith ? (offset + page - 1) / page * page : offset / page * page
        let last = use == .doneWith ? end / page * page : end
        if last > first { _ = madvise(UnsafeMutableRawPointer(mutating: address + first), last - first, advice) }
    }
}
