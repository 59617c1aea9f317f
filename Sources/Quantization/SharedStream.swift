import Compute
import Tensors

/// Turns tensors into the bytes of several files at once; the counterpart of `TensorStream`, which makes one.
///
/// Rows are converted in waves. While one wave is computed, the bytes of the one before are handed out, each file's by
/// whichever thread comes first. Memory is two waves for each different type of a tensor, whatever its size.
final class SharedStream {
    private let pool: ThreadPool
    private let receivers: [any SharedQuantization.Receiver]
    /// Why a file was given up.
    private(set) var failures: [(any Error)?]
    /// Finished bytes that are not handed out yet, and whose they are.
    private var waiting: [WaveBuffer] = []
    private var handOuts: [HandOut] = []
    private var filling: [WaveBuffer] = []

    typealias Product = SharedQuantization.Round.Product

    init(pool: ThreadPool, receivers: [any SharedQuantization.Receiver]) {
        (self.pool, self.receivers) = (pool, receivers)
        failures = Array(repeating: nil, count: receivers.count)
    }

    func begin(_ file: Int, header: [UInt8]) {
        do { try receivers[file].write(header.span.bytes) } catch { failures[file] = error }
    }

    /// Hands out what is left.
    func finish() { run(nil, []) }

    /// Makes a tensor for all files that want it.
    ///
    /// - Throws: `BytesError` for a source that was cut off.
    func make(_ products: [Product]) throws {
        // Rows too long for a wave are cut up where the type allows it; types that cut them differently are made apart.
        let widths = Dictionary(grouping: products) { $0.conversion.rows.columns }
        for width in widths.keys.sorted() { try makeTogether(widths[width] ?? []) }
    }

    private func makeTogether(_ products: [Product]) throws {
        guard let rows = products.first?.conversion.rows else { return }
        let isEmpty = rows.rows == 0 || products.allSatisfy { $0.conversion.rowByteCount == 0 }
        let rowCount = isEmpty ? 0 : rows.rows
        let size = WaveSize(columns: rows.columns)
        var first = 0
        repeat {
            let last = min(rowCount, first + size.rows)
            run(WaveRange(conversions: products.map(\.conversion), rows: first..<last, rowsPerItem: size.rowsPerItem), products)
            try rows.checkIntact()
            if !isEmpty { rows.release(through: last, from: first) }
            queue(products, isLast: last == rowCount)
            first = last
        } while first < rowCount
    }

    /// Computes one wave while the one before is handed out, and notes which files failed.
    private func run(_ range: WaveRange?, _ products: [Product]) {
        for (index, conversion) in (range?.conversions ?? []).enumerated() {
            if filling.count == index { filling.append(WaveBuffer()) }
            filling[index].reserve((range?.rows.count ?? 0) * conversion.rowByteCount)
        }
        let wave = SharedWave(range: range, outputs: filling, handOuts: handOuts, receivers: receivers)
        wave.run(on: pool)
        for (file, error) in wave.receiverFailures where failures[file] == nil { failures[file] = error }
        for (product, error) in wave.productFailures {
            for place in products[product].places where failures[place.share.file] == nil { failures[place.share.file] = error }
        }
        handOuts = []
    }

    /// Notes for whom the bytes just made are.
    private func queue(_ products: [Product], isLast: Bool) {
        swap(&waiting, &filling)
        for (index, product) in products.enumerated() {
            for (share, padding) in product.places where failures[share.file] == nil {
                handOuts.append(
                    HandOut(
                        file: share.file, bytes: waiting[index], padding: isLast ? padding : 0,
                        finishedTensor: isLast ? share.step : nil))
            }
        }
    }
}

/// Bytes of a file that are ready.
struct HandOut {
    let file: Int
    let bytes: WaveBuffer
    /// Zeros that follow.
    let padding: Int
    /// The tensor that ends with them.
    let finishedTensor: Int?

    func hand(to receiver: any SharedQuantization.Receiver) throws {
        if bytes.count > 0 { try bytes.withSpan { try receiver.write($0) } }
        if padding > 0 { try receiver.write([UInt8](repeating: 0, count: padding).span.bytes) }
        if let finishedTensor { try receiver.finish(tensor: finishedTensor) }
    }
}
