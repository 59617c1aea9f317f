import Bytes
import Tokenization
import TransformerEngine

/// What one request wants computed next, and what came of it.
struct SlotStep: Sendable {
    enum Work: Sendable {
        /// Appends tokens.
        case evaluate([TokenID], logits: InferenceSession.LogitsRequest)
        /// Appends tokens that were guessed: the bits of one token after the other, and logits after each.
        case verify([TokenID])
        /// Drops `discard` positions after the first `keep`.
        case shift(keep: Int, discard: Int)
        /// Takes over these tokens from another slot, as far as that still has them, or from where they were put aside.
        case adopt([TokenID], from: Source)
    }

    /// Where keys and values come from.
    enum Source: Sendable {
        case slot(Int)
        case shelf(PrefixShelf.Entry)
    }

    let slot: Int
    /// Tokens of the slot that stay; those behind them are forgotten first.
    let position: Int
    var work: Work
    /// (rows, vocabulary): the logits asked for.
    var logits: [Float]
    /// Tokens of the slot to put aside before anything else, and their keys and values then.
    var saves = 0
    var saved: ByteRegion?
    var failure: (any Error)?

    init(slot: Int, position: Int, work: Work, logits: [Float] = []) {
        (self.slot, self.position, self.work, self.logits) = (slot, position, work, logits)
    }

    /// Makes what a slot held before the step what it holds after it.
    func apply(to held: inout [TokenID]) {
        if held.count > position { held.removeSubrange(position...) }
        guard failure == nil else { return }
        switch work {
        case .evaluate(let tokens, _), .verify(let tokens): held += tokens
        case .shift(let keep, let discard): held.removeSubrange(keep..<keep + discard)
        case .adopt(let tokens, _): held = tokens
        }
    }
}

extension SlotStep {
    /// Computes steps of different slots, those that can be joined in one batch.
    ///
    /// A step that fails fails alone: the others' results are those that they would have had without it.
    static func compute(_ steps: inout [SlotStep], with session: InferenceSession) {
        var joined: [Int] = []
        // What is put aside or copied is so before anything moves.
        for index in steps.indices { steps[index].save(session) }
        for index in steps.indices { steps[index].attempt { step in try step.adopt(session) } }
        for index in steps.indices where steps[index].failure == nil {
            steps[index].attempt { step in
                switch step.work {
                case .evaluate:
                    try session.truncate(to: step.position, slot: step.slot)
                    joined.append(index)
                case .verify(let tokens):
                    try session.truncate(to: step.position, slot: step.slot)
                    try session.verify(tokens, slot: step.slot)
                    session.copyLogits(0..<tokens.count, into: &step.logits)
                case .shift(let keep, let discard):
                    try session.truncate(to: step.position, slot: step.slot)
                    try session.shift(keep: keep, discard: discard, slot: step.slot)
                case .adopt: break
                }
            }
        }
        evaluate(joined, of: &steps, with: session)
    }

    private mutating func attempt(_ body: (inout SlotStep) throws -> Void) {
        do { try body(&self) } catch { failure = error }
    }

    private func adopt(_ session: InferenceSession) throws {
        guard case .adopt(let tokens, let source) = work else { return }
        switch source {
        case .slot(let source): try session.copyPositions(tokens.count, from: source, to: slot)
        case .shelf(let entry):
            try session.restore(entry.state, positions: entry.tokens.count, first: tokens.count, slot: slot)
        }
    }

    /// What cannot be put aside is computed again when it is wanted.
    private mutating func save(_ session: InferenceSession) {
        guard saves > 0, let byteCount = session.stateLayout.byteCount(positions: saves) else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        do {
            try session.withState(positions: saves, slot: slot) { bytes.append(contentsOf: $0) }
            saved = ByteRegion(bytes)
        } catch {}
    }

    /// Sends some of the steps through the network together, and one by one where that fails.
    private static func evaluate(_ indices: [Int], of steps: inout [SlotStep], with session: InferenceSession) {
        guard !indices.isEmpty else { return }
        do {
            try session.evaluate(indices.compactMap { steps[$0].run })
            var row = 0
            for index in indices {
                let rows = steps[index].logitRows
                session.copyLogits(row..<row + rows, into: &steps[index].logits)
                row += rows
            }
        } catch {
            guard indices.count > 1 else { return steps[indices[0]].failure = error }
            for index in indices {
                steps[index].attempt { step in try session.truncate(to: step.position, slot: step.slot) }
                if steps[index].failure == nil { evaluate([index], of: &steps, with: session) }
            }
        }
    }

    private var run: TokenRun? {
        guard case .evaluate(let tokens, let logits) = work else { return nil }
        return TokenRun(tokens, slot: slot, logits: logits)
    }

    /// Rows of logits that the step leaves.
    private var logitRows: Int {
        guard case .evaluate(let tokens, let logits) = work else { return 0 }
        return switch logits {
        case .none: 0
        case .last: 1
        case .all: tokens.count
        case .from(let first): max(0, tokens.count - first)
        }
    }
}
