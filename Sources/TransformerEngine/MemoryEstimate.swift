// What a session will take, said before it is made.
public import Compute

/// Bytes of memory, by purpose: what is held once the context is full and a whole batch went through.
public struct MemoryEstimate: Sendable, Equatable {
    /// The file's tensors that every token reads. Mapped: the system may drop pages of it and read them again, and every token would
    /// wait for that.
    public var weights: Int
    public var cache: Int
    public var activations: Int
    public var logits: Int

    public var total: Int { weights + cache + activations + logits }
}

extension TransformerModel {
    /// What a session with these settings takes when its context is full.
    ///
    /// - Throws: `EngineError.invalidSession` for settings that no session may have, `.noMemory` for sizes beyond counting.
    public func memoryEstimate(
        contextLength: Int, batchSize: Int = 512, slots: Int = 1, cacheType: CacheType = .f16, threads: Int,
        table: KernelTable = .selected
    ) throws(EngineError) -> MemoryEstimate {
        try InferenceSession.check(contextLength: contextLength, batchSize: batchSize, slots: slots)
        let shape = hyperparameters
        let row =
            2 * shape.width + 2 * shape.widestFeedForward + 2 * shape.ropeLength * network.ropes(contextLength: contextLength).count
            + (shape.experts.map { ExpertWorkspace.floats(ofToken: $0, width: shape.width) } ?? 0)
            + (adapterExtent.map { LowRankWorkspace.floats(ofTokenAt: $0) } ?? 0)
            + (shape.headCount + shape.keyValueHeadCount) * (shape.keyLength + shape.valueLength)
        let rows = min(batchSize, contextLength * slots)
        let floats =
            rows * row + threads * ForwardPass.attentionScratchWidth
            + ForwardPass.partialFloats(shape, contextLength: contextLength) / ForwardPass.splitTokens
        let scratch = MatrixMultiplier.scratchByteCount(
            tokens: rows, integerColumns: widestMatrices.integers, floatColumns: widestMatrices.floats, threads: threads,
            table: table)
        return MemoryEstimate(
            weights: residentWeightByteCount,
            cache: try KeyValueCache.byteCount(shape, contextLength: contextLength, slots: slots, type: cacheType),
            activations: floats * MemoryLayout<Float>.size + scratch, logits: vocabularySize * MemoryLayout<Float>.size)
    }

    /// Refuses a session that would not fit into memory, and says what would.
    ///
    /// - Parameter available: as `SystemMemory.available` says; nil checks nothing.
    /// - Throws: `EngineError.notEnoughMemory`, and what `memoryEstimate` throws.
    package func requireMemory(
        contextLength: Int, batchSize: Int, slots: Int, cacheType: CacheType, threads: Int,
        available: (byteCount: Int, limit: SystemMemory.Limit)?
    ) throws(EngineError) {
        func estimate(_ contextLength: Int, _ type: CacheType) throws(EngineError) -> MemoryEstimate {
            try memoryEstimate(
                contextLength: contextLength, batchSize: batchSize, slots: slots, cacheType: type, threads: threads)
        }
        let wanted = try estimate(contextLength, cacheType)
        guard let available, wanted.total > available.byteCount else { return }
        var fitting: [String] = []
        // The longest context that fits, in steps that people use.
        var length = contextLength / 1024 * 1024
        while length > 0, try estimate(length, cacheType).total > available.byteCount { length = length / 2 / 1024 * 1024 }
        if length > 0 { fitting.append("num_ctx \(length)") }
        for type in [CacheType.q8_0, .q4_0] where type.byteCount(32) < cacheType.byteCount(32) {
            guard try estimate(contextLength, type).total <= available.byteCount else { continue }
            fitting.append("KV cache type \(type.rawValue)")
            break
        }
        throw .notEnoughMemory(wanted, available: available.byteCount, limit: available.limit, fitting: fitting)
    }
}

/// Bytes for people: decimal, as files are listed.
enum ByteText {
    static func of(_ count: Int) -> String {
        let (unit, name) = count >= 1_000_000_000 ? (1_000_000_000, "GB") : (1_000_000, "MB")
        let tenths = count / (unit / 10)
        return "\(tenths / 10).\(tenths % 10) \(name)"
    }
}
