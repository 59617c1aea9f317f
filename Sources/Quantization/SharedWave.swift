import Compute
import Synchronization
import Tensors

/// Rows of a tensor that are converted together, to each of several types.
struct WaveRange {
    let conversions: [TensorConversion]
    let rows: Range<Int>
    let rowsPerItem: Int

    var itemCount: Int { (rows.count + rowsPerItem - 1) / rowsPerItem }
}

/// One turn of all threads: first what is ready is handed out, a file an item, then rows are converted.
final class SharedWave {
    private let range: WaveRange?
    private let outputs: [UnsafeMutableRawPointer]
    private let handOuts: [[HandOut]]
    private let receivers: [any SharedQuantization.Receiver]
    private let state = Mutex(State())

    private struct State {
        var receivers: [Int: any Error] = [:]
        /// The error of the first item that failed, whichever thread ran it.
        var products: [Int: (item: Int, error: any Error)] = [:]
    }

    init(range: WaveRange?, outputs: [WaveBuffer], handOuts: [HandOut], receivers: [any SharedQuantization.Receiver]) {
        (self.range, self.receivers) = (range, receivers)
        self.outputs = outputs.map(\.address)
        // A file's bytes stay in order, and its receiver with one thread.
        let files = Dictionary(grouping: handOuts, by: \.file)
        self.handOuts = files.keys.sorted().map { files[$0] ?? [] }
    }

    var receiverFailures: [Int: any Error] { state.withLock { $0.receivers } }
    var productFailures: [Int: any Error] { state.withLock { $0.products.mapValues(\.error) } }

    func run(on pool: ThreadPool) {
        let items = handOuts.count + (range?.itemCount ?? 0)
        withExtendedLifetime(self) {
            pool.run(items, Unmanaged.passUnretained(self).toOpaque()) { context, item, _ in
                Unmanaged<SharedWave>.fromOpaque(context).takeUnretainedValue().perform(item)
            }
        }
    }

    private func perform(_ item: Int) {
        guard item < handOuts.count else { return convert(item - handOuts.count) }
        for handOut in handOuts[item] {
            do { try handOut.hand(to: receivers[handOut.file]) } catch {
                state.withLock { $0.receivers[handOut.file] = error }
                return
            }
        }
    }

    private func convert(_ item: Int) {
        guard let range, let rows = range.conversions.first?.rows else { return }
        let start = range.rows.lowerBound + item * range.rowsPerItem
        let end = min(range.rows.upperBound, start + range.rowsPerItem)
        rows.forEachRun(in: start..<end) { bytes, first, count in
            guard range.conversions.contains(where: { !$0.isCopied }) else {
                return self.convert(bytes, floats: nil, first: first, count: count, item: item)
            }
            range.conversions[0].withFloats(bytes, first: first, count: count) { floats in
                self.convert(bytes, floats: floats, first: first, count: count, item: item)
            }
        }
    }

    /// Converts a run of rows to every type, from the floats where it is not copied.
    private func convert(_ bytes: UnsafeRawPointer, floats: UnsafePointer<Float>?, first: Int, count: Int, item: Int) {
        guard let range else { return }
        for (index, conversion) in range.conversions.enumerated() {
            let place = outputs[index] + (first - range.rows.lowerBound) * conversion.rowByteCount
            do throws(QuantizationError) {
                if let floats, !conversion.isCopied {
                    try conversion.quantize(floats, first: first, count: count, into: place)
                } else {
                    try conversion.copy(bytes, first: first, count: count, into: place)
                }
            } catch {
                state.withLock { state in
                    if state.products[index].map({ item < $0.item }) ?? true { state.products[index] = (item, error) }
                }
            }
        }
    }
}
