public import TransformerEngine

extension RunOptions {
    /// The type of a KV cache that a name stands for, as `OLLAMA_KV_CACHE_TYPE` has it: in any case; nil for an empty name.
    ///
    /// - Throws: `RunnerError.cacheType` for a type without kernels.
    public static func cacheType(named name: String) throws(RunnerError) -> CacheType? {
        if name.isEmpty { return nil }
        guard let type = CacheType(rawValue: name.lowercased()) else { throw .cacheType(name) }
        return type
    }
}
