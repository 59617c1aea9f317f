// What streams of one file and of several have in common: how much is converted at a time, and where it lies until it is handed out.

/// How many rows are converted at a time.
struct WaveSize {
    /// Rows that one thread converts together.
    let rowsPerItem: Int
    /// Rows that are handed out together. A long row is an item of its own, and a wave then has few of them.
    let rows: Int

    /// Elements that one thread converts at a time: enough for the kernels, small enough for a core's cache.
    private static let itemElements = 32_768
    private static let itemsPerWave = 32

    init(columns: Int) {
        let columns = max(columns, 1)
        rowsPerItem = max(1, Self.itemElements / columns)
        rows = rowsPerItem * max(1, Self.itemsPerWave * Self.itemElements / (rowsPerItem * columns))
    }
}

/// Bytes at an address that stays while threads fill it. It owns the memory, which lives as long as it.
final class WaveBuffer {
    private(set) var address: UnsafeMutableRawPointer = .allocate(byteCount: 64, alignment: 64)
    private var capacity = 64
    private(set) var count = 0

    deinit { address.deallocate() }

    /// Makes room for exactly `count` bytes, which the caller fills; what was there is lost.
    func reserve(_ count: Int) {
        if capacity < count { move(to: count, keeping: 0) }
        self.count = count
    }

    func append(_ bytes: [UInt8]) {
        if capacity < count + bytes.count { move(to: max(2 * capacity, count + bytes.count), keeping: count) }
        bytes.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { (address + count).copyMemory(from: start, byteCount: bytes.count) }
        }
        count += bytes.count
    }

    func clear() { count = 0 }

    func withSpan(_ body: (RawSpan) throws -> Void) rethrows {
        try body(UnsafeRawBufferPointer(start: address, count: count).bytes)
    }

    private func move(to capacity: Int, keeping kept: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
        larger.copyMemory(from: address, byteCount: kept)
        address.deallocate()
        (address, self.capacity) = (larger, capacity)
    }
}
