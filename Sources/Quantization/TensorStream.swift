public import Compute
import Synchronization
public import Tensors

/// Turns tensors into the bytes of a file, in order, on all threads.
///
/// Rows are converted in waves of about a million elements; while one wave is computed, the bytes of the one before are handed
/// out, so that whoever hashes and writes them costs no time of its own. Memory is two waves, whatever the tensor's size (two rows, where
/// importance ties rows together that are longer than a wave); pages of mapped sources are given back as they are done with.
public final class TensorStream {
    /// Takes the next bytes of the file, in order. Called on the thread that calls the stream.
    public typealias Sink = (_ bytes: RawSpan) throws -> Void

    private let pool: ThreadPool
    let codec: RowCodec
    private let sink: Sink
    /// Finished bytes that are not handed out yet.
    private var waiting = WaveBuffer()
    private var filling = WaveBuffer()

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
        try append(
            try TensorConversion(
                source, to: type, importance: importance, rules: .init(allowsRequantizing: allowRequantizing), codec: codec))
    }

    func append(_ conversion: TensorConversion) throws {
        let rows = conversion.rows.rows
        guard rows > 0, conversion.rowByteCount > 0 else { return }
        let size = WaveSize(columns: conversion.rows.columns)
        var first = 0
        while first < rows {
            let last = min(rows, first + size.rows)
            try wave(conversion, first..<last, rowsPerItem: size.rowsPerItem)
            try conversion.rows.checkIntact()
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
        let wave = Wave(conversion: conversion, range: range, rowsPerItem: rowsPerItem, output: filling.address) {
            guard self.waiting.count > 0 else { return }
            try self.waiting.withSpan(self.sink)
        }
        wave.run(on: pool)
        waiting.clear()
        try wave.check()
        swap(&waiting, &filling)
    }
}

/// A range of rows that is being converted by all threads, while the calling one first hands out what was finished before.
///
/// The closure that hands out may belong to an actor, so no other thread may run it.
private final class Wave {
    private let conversion: TensorConversion
    private let range: Range<Int>
    private let rowsPerItem: Int
    private let output: UnsafeMutableRawPointer
    // The calling thread's own: nobody else looks at it.
    private var handOut: (() throws -> Void)?
    /// The error of the first item that failed, whichever thread ran it; handing out counts as the item before all.
    private let failure = Mutex<(item: Int, error: any Error)?>(nil)

    init(
        conversion: TensorConversion, range: Range<Int>, rowsPerItem: Int, output: UnsafeMutableRawPointer,
        handOut: @escaping () throws -> Void
    ) {
        self.conversion = conversion
        self.range = range
        self.rowsPerItem = rowsPerItem
        self.output = output
        self.handOut = handOut
    }

    func run(on pool: ThreadPool) {
        let items = (range.count + rowsPerItem - 1) / rowsPerItem
        withExtendedLifetime(self) {
            pool.run(items, Unmanaged.passUnretained(self).toOpaque()) { context, item, worker in
                let wave = Unmanaged<Wave>.fromOpaque(context).takeUnretainedValue()
                // Worker 0 is the calling thread.
                if worker == 0 { wave.handOutOnce() }
                wave.convert(item)
            }
        }
        handOutOnce()
    }

    func check() throws {
        if let error = failure.withLock({ $0?.error }) { throw error }
    }

    private func handOutOnce() {
        guard let handOut else { return }
        self.handOut = nil
        do { try handOut() } catch { record(error, at: -1) }
    }

    private func convert(_ item: Int) {
        let start = range.lowerBound + item * rowsPerItem
        let end = min(range.upperBound, start + rowsPerItem)
        do {
            try conversion.convert(start..<end, into: output + (start - range.lowerBound) * conversion.rowByteCount)
        } catch { record(error, at: item) }
    }

    private func record(_ error: any Error, at item: Int) {
        failure.withLock { failure in
            if failure.map({ item < $0.item }) ?? true { failure = (item, error) }
        }
    }
}
