// What a session will take, said before it is made.

/// Bytes of memory, by purpose.
public struct MemoryEstimate: Sendable, Equatable {
    /// The file's tensors. Mapped: the system may drop pages of it and read them again.
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
        contextLength: Int, batchSize: Int = 512, slots: Int = 1, cacheType: CacheType = .f16, threads: Int
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
            + ForwardPass.partialFloats(shape, contextLength: contextLength)
        return MemoryEstimate(
            weights: weightByteCount,
            cache: try KeyValueCache.byteCount(shape, contextLength: contextLength, slots: slots, type: cacheType),
            activations: floats * MemoryLayout<Float>.size, logits: vocabularySize * MemoryLayout<Float>.size)
    }
}
