// Making room in a full context: the oldest positions go, later ones move down.
import CKernels
import Compute
import Glibc

extension KeyValueCache {
    /// Drops `discard` positions after the first `keep` of a slot and moves those behind them down.
    ///
    /// Keys were turned by their position when they came in; they are turned back by the distance that they move.
    func shift(slot: Int, keep: Int, discard: Int, rope: RotaryEmbedding, vectors: quern_vector_table, pool: ThreadPool) {
        let length = length(of: slot)
        let angles = [Float](unsafeUninitializedCapacity: 2 * rope.length) { buffer, initialized in
            if let start = buffer.baseAddress {
                rope.fill(start, start + rope.length, position: -discard, magnitude: 1)
            }
            initialized = 2 * rope.length
        }
        angles.withUnsafeBufferPointer { angles in
            guard let cosines = angles.baseAddress else { return }
            pool.parallelFor(parameters.layerCount * parameters.keyValueHeadCount) { item in
                let (layer, head) = item.quotientAndRemainder(dividingBy: parameters.keyValueHeadCount)
                moveKeys(
                    keys(layer: layer, slot: slot, head: head), from: keep + discard..<length, by: discard
                ) { rope.rotate($0, cosines, cosines + rope.length, vectors) }
                let rowBytes = parameters.valueLength * kernels.cell_size
                let values = values(layer: layer, slot: slot, head: head)
                memmove(
                    values + keep * rowBytes, values + (keep + discard) * rowBytes, (length - keep - discard) * rowBytes)
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
