// Depth without its cost: a cache filled with numbers of no meaning.
import Compute

extension InferenceSession {
    /// Fills a slot as if `depth` tokens had been evaluated, with keys and values between -1 and 1 that mean nothing: what an
    /// evaluation costs at that depth depends on how many there are, not on what they are.
    ///
    /// - Throws: `EngineError.unknownSlot`, `.contextFull` where the slot has no room for as many.
    public func fillForMeasurement(depth: Int, slot: Int = 0) throws(EngineError) {
        try check(slot: slot)
        guard (0...contextLength).contains(depth) else { throw .contextFull(used: 0, adding: depth, contextLength: contextLength) }
        let shape = model.hyperparameters
        pool.parallelFor(shape.layerCount * shape.keyValueHeadCount) { item in
            let (layer, head) = item.quotientAndRemainder(dividingBy: shape.keyValueHeadCount)
            // A multiplicative congruential generator (L'Ecuyer 1999); its high bits are random enough.
            var state = UInt64(item) &* 2 &+ 1
            let numbers = (0..<64 * (shape.keyLength + shape.valueLength)).map { _ in
                state = state &* 3_935_559_000_370_003_845
                return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
            }
            numbers.withUnsafeBufferPointer { numbers in
                guard let start = numbers.baseAddress else { return }
                for position in 0..<depth {
                    let key = start + position % 64 * (shape.keyLength + shape.valueLength)
                    cache.store(
                        key: key, value: key + shape.keyLength, layer: layer, slot: slot, head: head, position: position)
                }
            }
        }
        cache.setLength(depth, of: slot)
    }
}
