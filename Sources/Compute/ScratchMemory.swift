// Memory that kernels use between calls and that only grows.
import Glibc

/// Raw memory aligned to a cache line, kept from call to call so that a warm call allocates nothing.
struct ScratchMemory: ~Copyable {
    private(set) var address: UnsafeMutableRawPointer
    private var capacity: Int

    init() { (address, capacity) = (UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64), 64) }

    deinit { address.deallocate() }

    /// Makes room for at least `byteCount` bytes; what was there is lost when it has to grow.
    mutating func reserve(_ byteCount: Int) {
        guard byteCount > capacity else { return }
        address.deallocate()
        capacity = byteCount + byteCount / 4
        address = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    }
}
