public import Compute
import Synchronization
public import Tensors

/// Turns tensors into the bytes of a file, in order, on all threads.
///
/// Rows are converted in waves of about a million elements; while one wave is computed, the bytes of the one before are handed
/// out, so that whoever hashes and writes them costs no time of its own. Memory is two waves (or two rows, where a row is longer
/// than a wave), whatever the tensor's size; pages of mapped sources are given back as they are done with.
public final class TensorStream {
    /// Takes the next bytes of the file. Called once at a time, in order, but on any of the pool's threads.
    public typealias Sink = (_ bytes: RawSpan) throws -> Void

    private let pool: ThreadPool
    private let codec: RowCodec
    private let sink: Sink
    /// Finished bytes that are not handed out yet.
    private var waiting = ByteStore()
    private var filling = ByteStore()

    /// Elements that one thread converts at a time: enough for the kernels, small enough for a core's cache.
    private static let itemElements = 32_768
    private static let itemsPerWave = 32

    public init(pool: ThreadPool, codec: RowCodec = .selected, sink: @escaping Sink) {
        (self.pool, self.codec, self.sink) = (pool, codec, sink)
    }

    /// Adds bytes as they are: a header, padding.
    public func append(_ bytes: [UInt8]) throws {
        waiting.append(bytes)
        if waiting.count >= 1 << 20 { try flush() }
    }

    /// Adds a tensor, converted to `type`. `importance` holds one weight per column for each matrix of the tensor.
    ///
    /// - Throws: `QuantizationError` for what is wrong with the tensor, or what the sink throws.
    public func append(
        _ source: TensorSource, as type: TensorType, importance: [Float]? = nil, allowRequantizing: Bool = false
    ) throws {
        let conversion = try TensorConversion(
            source, to: type, importance: importance, allowRequantizing: allowRequantizing, codec: codec)
        let rows = conversion.rows.rows
        guard rows > 0, conversion.rowByteCount > 0 else { return }
        let rowsPerItem = max(1, Self.itemElements / source.shape.columns)
        var first = 0
        while first < rows {
            // Whole items beyond a wave's elements would only need more memory: a long row is a wave of few items.
            let items = max(1, min(Self.itemsPerWave, Self.itemsPerWave * Self.itemElements / (rowsPerItem * source.shape.columns)))
            let last = min(rows, first + rowsPerItem * items)
            try wave(conversion, first..<last, rowsPerItem: rowsPerItem)
            conversion.rows.release(through: last, from: first)
            first = last
        }
    }

    /// Hands out what is left. Nothing is handed out after an error.
    public func finish() throws { try flush() }

    private func flush() throws {
        guard waiting.count > 0 else { return }
        try waiting.withSpan(sink)
        waiting.clear()
    }

    /// Converts `range` while the wave before it is handed out.
    private func wave(_ conversion: TensorConversion, _ range: Range<Int>, rowsPerItem: Int) throws {
        filling.reserve(range.count * conversion.rowByteCount)
        let output = filling.address
        let items = (range.count + rowsPerItem - 1) / rowsPerItem
        let outcome = Outcome()
        // Handing out comes first: it takes longest and cannot be split.
        let handsOut = waiting.count > 0 ? 1 : 0
        pool.parallelFor(items + handsOut) { index in
            let item = index - handsOut
            do {
                if item < 0 { return try waiting.withSpan(sink) }
                let start = range.lowerBound + item * rowsPerItem
                let end = min(range.upperBound, start + rowsPerItem)
                try conversion.convert(start..<end, into: output + (start - range.lowerBound) * conversion.rowByteCount)
            } catch { outcome.record(error, at: item) }
        }
        waiting.clear()
        try outcome.check()
        swap(&waiting, &filling)
    }
}

/// The error of the first item that failed, whichever thread ran it.
private final class Outcome: Sendable {
    private let first = Mutex<(item: Int, error: any Error)?>(nil)

    func record(_ error: any Error, at item: Int) {
        first.withLock { first in
            if first.map({ item < $0.item }) ?? true { first = (item, error) }
        }
    }

    func check() throws {
        if let error = first.withLock({ $0?.error }) { throw error }
    }
}

/// Bytes at an address that stays while threads fill it.
private struct ByteStore {
    private var storage: Storage = Storage(capacity: 1 << 16)
    private(set) var count = 0

    var address: UnsafeMutableRawPointer { storage.address }

    /// Makes room for exactly `count` bytes, which the caller fills.
    mutating func reserve(_ count: Int) {
        if storage.capacity < count { storage = Storage(capacity: count) }
        self.count = count
    }

    mutating func append(_ bytes: [UInt8]) {
        if storage.capacity < count + bytes.count {
            let larger = Storage(capacity: max(2 * storage.capacity, count + bytes.count))
            larger.address.copyMemory(from: storage.address, byteCount: count)
            storage = larger
        }
        bytes.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { (storage.address + count).copyMemory(from: start, byteCount: bytes.count) }
        }
        count += bytes.count
    }

    mutating func clear() { count = 0 }

    func withSpan(_ body: (RawSpan) throws -> Void) throws {
        try body(UnsafeRawBufferPointer(start: storage.address, count: count).bytes)
    }

    private final class Storage {
        let address: UnsafeMutableRawPointer
        let capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
            address = .allocate(byteCount: capacity, alignment: 64)
        }

        deinit { address.deallocate() }
    }
}
