// Keys and values that leave a session and come back, so that a prompt is computed once for several runs.
public import Bytes
import CKernels

extension InferenceSession {
    /// What the bytes of a state mean. A state goes into sessions of the same layout; the model has to be the same one too, which
    /// its bytes do not say.
    public struct StateLayout: Sendable, Equatable {
        public var cacheType: CacheType
        public var layerCount: Int
        /// KV heads of a layer.
        public var headCount: Int
        /// Bytes of one position's key and value of one head.
        public var keyByteCount: Int
        public var valueByteCount: Int

        public init(cacheType: CacheType, layerCount: Int, headCount: Int, keyByteCount: Int, valueByteCount: Int) {
            (self.cacheType, self.layerCount, self.headCount) = (cacheType, layerCount, headCount)
            (self.keyByteCount, self.valueByteCount) = (keyByteCount, valueByteCount)
        }

        /// Bytes of the keys of so many positions, which lie in whole groups (`QuernAttention.h`).
        func keyBytes(_ positions: Int) -> Int {
            let lanes = Int(QUERN_KEY_LANES)
            return (positions + lanes - 1) / lanes * lanes * keyByteCount
        }

        func valueBytes(_ positions: Int) -> Int { positions * valueByteCount }

        /// Bytes of the state of so many positions; nil where nothing could have so many.
        public func byteCount(positions: Int) -> Int? {
            guard (0...(1 << 30)).contains(positions) else { return nil }
            let (all, overflow) = (keyBytes(positions) + valueBytes(positions)).multipliedReportingOverflow(
                by: layerCount * headCount)
            return overflow ? nil : all
        }
    }

    public var stateLayout: StateLayout {
        StateLayout(
            cacheType: cacheType, layerCount: cache.parameters.layerCount, headCount: cache.parameters.keyValueHeadCount,
            keyByteCount: cache.keyBytes, valueByteCount: cache.valueBytes)
    }

    /// Hands out the state of a slot's first positions: for each layer and head its keys, then its values.
    ///
    /// - Throws: `EngineError.positionOutOfRange`, and whatever `body` throws.
    public func withState(positions: Int, slot: Int = 0, _ body: (RawSpan) throws -> Void) throws {
        try check(slot: slot)
        guard (0...cache.length(of: slot)).contains(positions) else {
            throw EngineError.positionOutOfRange(positions, used: cache.length(of: slot))
        }
        let layout = stateLayout
        for layer in 0..<layout.layerCount {
            for head in 0..<layout.headCount {
                let (keys, values) = addresses(layer, slot, head)
                try body(UnsafeRawBufferPointer(start: keys, count: layout.keyBytes(positions)).bytes)
                try body(UnsafeRawBufferPointer(start: values, count: layout.valueBytes(positions)).bytes)
            }
        }
    }

    /// Fills a slot with the first `count` positions of a state that `withState` handed out.
    ///
    /// - Parameter positions: those that the state has.
    /// - Throws: `EngineError.invalidSession` for a state of another size, `.contextFull` for one that is longer than the context.
    public func restore(_ state: ByteRegion, positions: Int, first count: Int, slot: Int = 0) throws(EngineError) {
        try check(slot: slot)
        let layout = stateLayout
        guard (0...positions).contains(count), state.count == layout.byteCount(positions: positions) else {
            throw .invalidSession("a state of \(state.count) bytes does not have \(positions) positions of this model")
        }
        guard count <= contextLength else { throw .contextFull(used: 0, adding: count, contextLength: contextLength) }
        state.withUnsafeBytes { bytes in
            guard var source = bytes.baseAddress else { return }
            for layer in 0..<layout.layerCount {
                for head in 0..<layout.headCount {
                    let (keys, values) = addresses(layer, slot, head)
                    keys.copyMemory(from: source, byteCount: layout.keyBytes(count))
                    source += layout.keyBytes(positions)
                    values.copyMemory(from: source, byteCount: layout.valueBytes(count))
                    source += layout.valueBytes(positions)
                }
            }
        }
        cache.setLength(count, of: slot)
    }

    private func addresses(
        _ layer: Int, _ slot: Int, _ head: Int
    ) -> (keys: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer) {
        (cache.keys(layer: layer, slot: slot, head: head), cache.values(layer: layer, slot: slot, head: head))
    }
}
