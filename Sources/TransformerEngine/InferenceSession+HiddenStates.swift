// Logits in two steps, so that those of many positions need not be in memory at once: the layers first, the head later, slice by
// slice.
import CKernels

extension InferenceSession {
    /// Appends tokens to a slot and keeps the hidden states of those from index `first` on; `project` makes logits of them.
    ///
    /// With `first` at the count of tokens, nothing is kept and the last layer is spared what nothing reads.
    ///
    /// - Throws: what `evaluate` throws.
    public func evaluateHidden(_ tokens: [Int32], slot: Int = 0, from first: Int = 0) throws(EngineError) {
        (logitCount, hiddenCount) = (0, 0)
        let run = TokenRun(tokens, slot: slot, logits: .from(first))
        try check([run])
        let rows = run.logitCount
        let capacity = hiddenStates.map { $0.storage.byteCount / (max($0.width, 1) * MemoryLayout<Float>.size) } ?? 0
        if rows > capacity {
            hiddenStates = try FloatMatrix(
                rows: rows, width: model.hyperparameters.width, purpose: "hidden states of \(rows) tokens")
        }
        var batch = BatchCursor(runs: [run])
        var kept = 0
        while batch.fill(pass, upTo: batchSize, cache) {
            try runLayers()
            if let hiddenStates, pass.count > 0 {
                hiddenStates.row(kept).update(from: pass.hidden.start, count: pass.count * pass.hidden.width)
            }
            kept += pass.count
            advance()
        }
        hiddenCount = kept
    }

    /// Logits of some of the hidden states that the last evaluation kept: row 0 is that of the first state in `rows`.
    ///
    /// - Precondition: the states are there, and no more of them than the session's batch.
    /// - Throws: `EngineError.notFinite`, `.noMemory`.
    public func project(_ rows: Range<Int>) throws(EngineError) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= hiddenCount, "states \(rows) of \(hiddenCount)")
        precondition(rows.count <= batchSize, "\(rows.count) states in batches of \(batchSize)")
        logitCount = 0
        guard let hiddenStates, !rows.isEmpty else { return }
        try reserveLogits(rows: rows.count)
        pass.load(hiddenStates, rows: rows)
        try projectBatch()
    }

    /// Rows of logits that are worth making at once: enough to read the head's weights seldom, few enough for 32 MiB.
    public var logitSlice: Int { min(batchSize, max(16, (8 << 20) / max(model.vocabularySize, 1))) }

    /// Sees the activations that meet each matrix, from the next evaluation on.
    public var activationSums: ActivationSums? {
        get { pass.observer }
        set { pass.observer = newValue }
    }
}
