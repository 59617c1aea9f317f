// The keys and values of every position that a session has seen.
import CKernels

/// How the numbers of a KV cache are stored.
public enum CacheType: String, Sendable, CaseIterable {
    case f16
    case f32

    var cell: quern_cell { self == .f16 ? QUERN_CELL_F16 : QUERN_CELL_F32 }
    var byteCount: Int { self == .f16 ? 2 : 4 }
}

/// Keys and values by layer, slot (one sequence each) and KV head; positions of a head lie together.
///
/// A slot's positions are 0..<length(of: slot). Memory that no position has reached is never touched.
final class KeyValueCache {
    let parameters: Hyperparameters
    let slots: Int
    /// Positions of a slot.
    let contextLength: Int
    let kernels: quern_cache_table
    private let storage: RawStorage
    /// Positions that a head has memory for: whole tiles.
    private let capacity: Int
    private var lengths: [Int]

    init(
        parameters: Hyperparameters, contextLength: Int, slots: Int, type: CacheType, vectors: quern_vector_table
    ) throws(EngineError) {
        (self.parameters, self.contextLength, self.slots) = (parameters, contextLength, slots)
        kernels = type == .f16 ? vectors.cache.0 : vectors.cache.1
        capacity = Self.capacity(contextLength)
        let byteCount = try Self.byteCount(parameters, contextLength: contextLength, slots: slots, type: type)
        storage = try RawStorage(byteCount: byteCount, purpose: "a KV cache of \(contextLength) tokens")
        lengths = [Int](repeating: 0, count: slots)
    }

    private static func capacity(_ contextLength: Int) -> Int {
        let tile = Int(QUERN_ATTENTION_TILE)
        return (contextLength + tile - 1) / tile * tile
    }

    static func byteCount(
        _ parameters: Hyperparameters, contextLength: Int, slots: Int, type: CacheType
    ) throws(EngineError) -> Int {
        try RawStorage.size(
            parameters.layerCount, slots, parameters.keyValueHeadCount, parameters.keyLength + parameters.valueLength,
            capacity(contextLength), type.byteCount, purpose: "a KV cache of \(contextLength) tokens")
    }

    var byteCount: Int { storage.byteCount }

    func length(of slot: Int) -> Int { lengths[slot] }

    /// Sets how many positions of a slot are in use; those beyond are forgotten.
    func setLength(_ length: Int, of slot: Int) { lengths[slot] = length }

    /// The keys of a head, in the layout that `QuernVector.h` describes; its values follow them.
    func keys(layer: Int, slot: Int, head: Int) -> UnsafeMutableRawPointer {
        let index = (layer * slots + slot) * parameters.keyValueHeadCount + head
        return storage.address + index * capacity * (parameters.keyLength + parameters.valueLength) * kernels.cell_size
    }

    func values(layer: Int, slot: Int, head: Int) -> UnsafeMutableRawPointer {
        keys(layer: layer, slot: slot, head: head) + capacity * parameters.keyLength * kernels.cell_size
    }

    func store(
        key: UnsafePointer<Float>, value: UnsafePointer<Float>, layer: Int, slot: Int, head: Int, position: Int
    ) {
        kernels.store_key(keys(layer: layer, slot: slot, head: head), Int64(position), key, Int32(parameters.keyLength))
        kernels.store_value(
            values(layer: layer, slot: slot, head: head), Int64(position), value, Int32(parameters.valueLength))
    }
}
