import Glibc

/// A range of immutable bytes that many owners may share: part of a mapped file, or of memory of our own.
///
/// A region is cheap to copy and to cut; the bytes live as long as any region over them. Indices are offsets from the region's
/// start. Where a mapped file is truncated underneath a region, the lost bytes read as zeros, and `checkIntact` says so.
public struct ByteRegion: Sendable {
    private let storage: ByteStorage
    private let start: Int
    public let count: Int

    private init(storage: ByteStorage, start: Int, count: Int) {
        (self.storage, self.start, self.count) = (storage, start, count)
    }

    public init(_ bytes: [UInt8]) {
        let storage = HeapBytes(bytes)
        self.init(storage: storage, start: 0, count: bytes.count)
    }

    init(mapped: MappedFile) { self.init(storage: mapped, start: 0, count: mapped.count) }

    /// Maps the file at `path` for reading.
    public static func mapping(_ path: String) throws(BytesError) -> ByteRegion {
        ByteRegion(mapped: try MappedFile(path: path))
    }

    /// Says whether the bytes read so far were the file's; memory of our own always is intact.
    ///
    /// - Throws: `BytesError.truncatedUnderneath` where the mapped file became shorter and a read met its end.
    public func checkIntact() throws(BytesError) { try (storage as? MappedFile)?.checkIntact() }

    /// The file behind the region, if it is a mapping; for error messages and `FICLONE`.
    public var path: String? { (storage as? MappedFile)?.path }

    /// Offset of this region in the file or array that it was cut from.
    public var offsetInStorage: Int { start }

    public var isEmpty: Bool { count == 0 }

    /// The byte at `index`, which must be inside the region.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "byte \(index) of a region of \(count)")
        return storage.address.load(fromByteOffset: start + index, as: UInt8.self)
    }

    /// The part at `range`, or nil where it does not lie inside the region.
    public func part(_ range: Range<Int>) -> ByteRegion? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return ByteRegion(storage: storage, start: start + range.lowerBound, count: range.count)
    }

    /// The part of `length` bytes at `offset`, both straight from a file: anything that does not fit is nil.
    public func part(offset: UInt64, length: UInt64) -> ByteRegion? {
        let (end, overflow) = offset.addingReportingOverflow(length)
        guard !overflow, end <= UInt64(count) else { return nil }
        return ByteRegion(storage: storage, start: start + Int(offset), count: Int(length))
    }

    public func withSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let buffer = UnsafeRawBufferPointer(start: storage.address + start, count: count)
        return try body(buffer.bytes)
    }

    /// For the rooms that may hold pointers. The pointer is valid while `body` runs, and as long as the region is kept alive.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: storage.address + start, count: count))
    }

    public func bytes() -> [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// The bytes as text; ill-formed UTF-8 becomes U+FFFD.
    public func text() -> String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// Tells the kernel how a mapping will be read; nothing happens for memory of our own.
    public func advise(_ use: MappedFile.Use) { (storage as? MappedFile)?.advise(use, offset: start, length: count) }
}

/// What owns bytes at a fixed address for its whole life.
///
/// A class, not a protocol: a region reads single bytes through it, and a stored property costs no dispatch.
@safe
public class ByteStorage: @unchecked Sendable {
    // A constant, so sharing the object between threads is sound.
    final let address: UnsafeRawPointer

    init(address: UnsafeRawPointer) { self.address = address }
}

/// Bytes on the heap.
@safe
private final class HeapBytes: ByteStorage, @unchecked Sendable {
    init(_ bytes: [UInt8]) {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        bytes.withUnsafeBytes { source in
            if let first = source.baseAddress { memory.copyMemory(from: first, byteCount: source.count) }
        }
        super.init(address: UnsafeRawPointer(memory))
    }

    deinit { address.deallocate() }
}
