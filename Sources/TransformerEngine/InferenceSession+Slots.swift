// What callers that share a session among several sequences need of it.
import CKernels
import Compute
import Glibc

extension InferenceSession {
    /// Copies rows of the last evaluation's logits into an array, whose memory is used again where it has the size.
    public func copyLogits(_ rows: Range<Int>, into copy: inout [Float]) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= logitCount, "rows \(rows) of \(logitCount) rows of logits")
        let width = logitStorage.width
        if copy.count != rows.count * width { copy = [Float](repeating: 0, count: rows.count * width) }
        guard !rows.isEmpty else { return }
        copy.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress?.update(from: logitStorage.row(rows.lowerBound), count: buffer.count)
        }
    }

    /// Makes the first `count` positions of a slot those of another one; what the slot held is forgotten.
    ///
    /// - Throws: `EngineError.unknownSlot`, `.positionOutOfRange` where the other slot holds fewer.
    public func copyPositions(_ count: Int, from source: Int, to target: Int) throws(EngineError) {
        try check(slot: source)
        try check(slot: target)
        let used = cache.length(of: source)
        guard (0...used).contains(count) else { throw .positionOutOfRange(count, used: used) }
        guard source != target else { return cache.setLength(count, of: target) }
        cache.copy(count, from: source, to: target, pool: pool)
    }
}

extension KeyValueCache {
    /// Copies the first `count` positions of a slot to another one.
    fileprivate func copy(_ count: Int, from source: Int, to target: Int, pool: ThreadPool) {
        // Keys lie in tiles of positions, of which only whole ones can be copied.
        let positions = Self.tiled(count)
        pool.parallelFor(parameters.layerCount * parameters.keyValueHeadCount) { item in
            let (layer, head) = item.quotientAndRemainder(dividingBy: parameters.keyValueHeadCount)
            memcpy(
                keys(layer: layer, slot: target, head: head), keys(layer: layer, slot: source, head: head),
                positions * keyBytes)
            memcpy(
                values(layer: layer, slot: target, head: head), values(layer: layer, slot: source, head: head),
                positions * valueBytes)
        }
        setLength(count, of: target)
    }
}
