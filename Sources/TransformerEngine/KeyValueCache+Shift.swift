// Making room in a full context: the oldest positions go, later ones move down.
import CKernels
import Compute
import Glibc

extension KeyValueCache {
    /// Drops `discard` positions after the first `keep` of a slot and moves those behind them down.
    ///
    /// Keys were turned by their position when they came in; they are turned back by the distance that they move.
    ///
    /// - Parameter ropes: what turned the keys of each layer.
    func shift(slot: Int, keep: Int, discard: Int, ropes: [RotaryEmbedding], vectors: quern_vector_table, pool: ThreadPool) {
        let length = length(of: slot)
        // (layer, cosines and sines)
        let width = 2 * (ropes.first?.length ?? 0)
        let angles = [Float](unsafeUninitializedCapacity: ropes.count * width) { buffer, initialized in
            for (layer, rope) in ropes.enumerated() {
                guard let start = buffer.baseAddress.map({ $0 + layer * width }) else { break }
                rope.fill(start, start + rope.length, position: -discard, magnitude: 1)
            }
            initialized = ropes.count * width
        }
        angles.withUnsafeBufferPointer { angles in
            guard let angles = angles.baseAddress else { return }
            pool.parallelFor(parameters.layerCount * parameters.keyValueHeadCount) { item in
                let (layer, head) = item.quotientAndRemainder(dividingBy: parameters.keyValueHeadCount)
                let cosines = angles + layer * width
                moveKeys(
                    keys(layer: layer, slot: slot, head: head), from: keep + discard..<length, by: discard
                ) { ropes[layer].rotate($0, cosines, cosines + width / 2, vectors) }
                let values = values(layer: layer, slot: slot, head: head)
                memmove(
                    values + keep * valueBytes, values + (keep + discard) * valueBytes, (length - keep - discard) * valueBytes)
            }
        }
        setLength(length - discard, of: slot)
    }

    private func moveKeys(
        _ keys: UnsafeMutableRawPointer, from positions: Range<Int>, by distance: Int,
        rotate: (UnsafeMutablePointer<Float>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: parameters.keyLength) { buffer in
            guard let head = buffer.baseAddress else { return }
            for position in positions {
                kernels.load_key(keys, Int64(position), head, Int32(parameters.keyLength))
                rotate(head)
                kernels.store_key(keys, Int64(position - distance), head, Int32(parameters.keyLength))
            }
        }
    }
}
