// Several tokens at once that count as one by one.

import Compute

extension InferenceSession {
    /// Appends tokens to a slot and leaves the logits after each of them: the bits that evaluating them one after the other leaves.
    ///
    /// Products of many tokens otherwise take another path through the matrices, whose sums round differently in the last bits
    /// (Documentation/Kernels.md).
    public func verify(_ tokens: [Int32], slot: Int = 0) throws(EngineError) {
        pass.multiplier.keepsToRows = true
        defer { pass.multiplier.keepsToRows = false }
        try evaluate(tokens, slot: slot, logits: .all)
    }
}
