// The keys and values of every position that a session has seen.
import CKernels

/// How the numbers of a KV cache are stored. Names are those of `OLLAMA_KV_CACHE_TYPE`.
public enum CacheType: String, Sendable, CaseIterable {
    case f16
    case f32
    /// Blocks of 32 numbers with a common factor, as GGUF's types: 8.5 and 4.5 bits a number.
    case q8_0
    case q4_0

    func kernels(_ vectors: quern_vector_table) -> quern_cache_table {
        switch self {
        case .f16: vectors.cache.0
        case .f32: vectors.cache.1
        case .q8_0: vectors.cache.2
        case .q4_0: vectors.cache.3
        }
    }

    /// Bytes of `count` numbers of one head: those of whole blocks.
    func byteCount(_ count: Int) -> Int {
        var kernels = kernels(quern_vector_kernels(QUERN_ISA_SCALAR).pointee)
        return Int(quern_cache_row_bytes(&kernels, Int32(count)))
    }
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
    /// Bytes of one position's key or value of one head.
    let keyBytes: Int
    let valueBytes: Int
    private let storage: RawStorage
    /// Positions that a head has memory for: whole tiles.
    private let capacity: Int
    private var lengths: [Int]

    init(
        parameters: Hyperparameters, contextLength: Int, slots: Int, type: CacheType, vectors: quern_vector_table
    ) throws(EngineError) {
        (self.parameters, self.contextLength, self.slots) = (parameters, contextLength, slots)
        kernels = type.kernels(vectors)
        (keyBytes, valueBytes) = (type.byteCount(parameters.keyLength), type.byteCount(parameters.valueLength))
        capacity = Self.tiled(contextLength)
        let byteCount = try Self.byteCount(parameters, contextLength: contextLength, slots: slots, type: type)
        storage = try RawStorage(byteCount: byteCount, purpose: "a KV cache of \(contextLength) tokens", isSureToBeUsed: true)
        lengths = [Int](repeating: 0, count: slots)
    }

    /// Positions of the whole tiles that hold `count` positions.
    static func tiled(_ count: Int) -> Int {
        let tile = Int(QUERN_ATTENTION_TILE)
        return (count + tile - 1) / tile * tile
    }

    static func byteCount(
        _ parameters: Hyperparameters, contextLength: Int, slots: Int, type: CacheType
    ) throws(EngineError) -> Int {
        try RawStorage.size(
            parameters.layerCount, slots, parameters.keyValueHeadCount,
            type.byteCount(parameters.keyLength) + type.byteCount(parameters.valueLength), tiled(contextLength),
            purpose: "a KV cache of \(contextLength) tokens")
    }

    var byteCount: Int { storage.byteCount }

    func length(of slot: Int) -> Int { lengths[slot] }

    /// Sets how many positions of a slot are in use; those beyond are forgotten.
    func setLength(_ length: Int, of slot: Int) { lengths[slot] = length }

    /// The keys of a head, in the layout that `QuernVector.h` describes; its values follow them.
    func keys(layer: Int, slot: Int, head: Int) -> UnsafeMutableRawPointer {
        let index = (layer * slots + slot) * parameters.keyValueHeadCount + head
        return storage.address + index * capacity * (keyBytes + valueBytes)
    }

    func values(layer: Int, slot: Int, head: Int) -> UnsafeMutableRawPointer {
        keys(layer: layer, slot: slot, head: head) + capacity * keyBytes
    }

    func store(
        key: UnsafePointer<Float>, value: UnsafePointer<Float>, layer: Int, slot: Int, head: Int, position: Int
    ) {
        kernels.store_key(keys(layer: layer, slot: slot, head: head), Int64(position), key, Int32(parameters.keyLength))
        kernels.store_value(
            values(layer: layer, slot: slot, head: head), Int64(position), value, Int32(parameters.valueLength))
    }
}
