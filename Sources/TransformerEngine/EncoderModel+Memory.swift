// What turning texts into vectors takes, said before it is done.
public import Compute

extension EncoderModel {
    /// What a session takes once a text as long as its context went through, or a whole batch of short ones.
    ///
    /// Keys and values live for one layer of one batch, so they count as activations.
    ///
    /// - Throws: `EngineError.invalidSession` for settings that no session may have.
    public func memoryEstimate(
        contextLength: Int? = nil, batchSize: Int = 512, threads: Int, table: KernelTable = .selected
    ) throws(EngineError) -> MemoryEstimate {
        let length = min(contextLength ?? hyperparameters.contextLength, hyperparameters.contextLength)
        try InferenceSession.check(contextLength: length, batchSize: batchSize, slots: 1)
        let rows = max(batchSize, length)
        let floats = rows * EncoderPass.floats(ofToken: self) + threads * ForwardPass.attentionScratchWidth
        let scratch = MatrixMultiplier.scratchByteCount(
            tokens: rows, integerColumns: 0, floatColumns: widestMatrix, threads: threads, table: table)
        return MemoryEstimate(
            weights: residentWeightByteCount, cache: 0, activations: floats * MemoryLayout<Float>.size + scratch, logits: 0)
    }

    /// Refuses a session that would not fit into memory.
    func requireMemory(contextLength: Int, batchSize: Int, threads: Int) throws(EngineError) {
        let wanted = try memoryEstimate(contextLength: contextLength, batchSize: batchSize, threads: threads)
        guard let available = SystemMemory.available(), wanted.total > available.byteCount else { return }
        throw .notEnoughMemory(wanted, available: available.byteCount, limit: available.limit, fitting: [])
    }
}
