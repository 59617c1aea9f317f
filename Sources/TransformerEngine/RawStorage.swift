// Memory of our own for activations and caches.
import Glibc

/// Zeroed memory from the system, aligned to a page. Pages that nobody touches cost nothing; large storage asks for huge pages.
///
/// The owner of a storage lets one thread at a time write to a part of it; that is what makes sharing it sound.
final class RawStorage: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let byteCount: Int

    /// Storage up to this size gets its pages at once where it is sure to be used: faults one by one would cost more, and what a
    /// session holds does not depend on how long its first prompt is.
    private static let populatedAtOnce = 256 << 20
    /// `MADV_POPULATE_WRITE` of Linux 5.14; older kernels refuse it, and pages come one by one.
    private static let populate: Int32 = 23

    /// - Parameters:
    ///   - purpose: what the memory is for, in the error's words.
    ///   - isSureToBeUsed: whether all of it will be written to before long.
    init(byteCount: Int, purpose: String, isSureToBeUsed: Bool = false) throws(EngineError) {
        let length = max(byteCount, 1)
        let mapped = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { throw .noMemory(purpose: purpose, byteCount: byteCount) }
        if length >= 4 << 20 { _ = madvise(mapped, length, MADV_HUGEPAGE) }
        if isSureToBeUsed, length <= Self.populatedAtOnce { _ = madvise(mapped, length, Self.populate) }
        (address, self.byteCount) = (mapped, byteCount)
    }

    deinit { munmap(address, max(byteCount, 1)) }

    /// The product of extents, or an error where it overflows.
    static func size(_ extents: Int..., purpose: String) throws(EngineError) -> Int {
        var product = 1
        for extent in extents {
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw .noMemory(purpose: purpose, byteCount: .max) }
            product = next
        }
        return product
    }
}

/// Rows of floats: activations, (rows, width).
struct FloatMatrix {
    let width: Int
    let storage: RawStorage

    init(rows: Int, width: Int, purpose: String, isSureToBeUsed: Bool = false) throws(EngineError) {
        self.width = width
        let byteCount = try RawStorage.size(rows, width, MemoryLayout<Float>.size, purpose: purpose)
        storage = try RawStorage(byteCount: byteCount, purpose: purpose, isSureToBeUsed: isSureToBeUsed)
    }

    private init(width: Int, storage: RawStorage) { (self.width, self.storage) = (width, storage) }

    /// The same memory as narrower rows.
    func narrowed(to width: Int) -> FloatMatrix {
        precondition(width <= self.width, "rows of \(width) floats in place of \(self.width)")
        return FloatMatrix(width: width, storage: storage)
    }

    var start: UnsafeMutablePointer<Float> { storage.address.assumingMemoryBound(to: Float.self) }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { start + index * width }
}
