import Tokenization
import TransformerEngine

/// A slot in the hands of one request. One thread at a time uses it; `end` gives it back.
final class SlotLease {
    let slot: Int
    private let scheduler: SlotScheduler
    /// The tokens whose keys and values are there, in order.
    private(set) var tokens: [TokenID]
    /// (rows, vocabulary) of the last evaluation.
    private var logits: [Float] = []
    private let vocabularySize: Int

    /// Waits for a slot.
    init(_ scheduler: SlotScheduler, prompt: [TokenID], vocabularySize: Int) {
        (self.scheduler, self.vocabularySize) = (scheduler, vocabularySize)
        let taken = scheduler.takeSlot(for: prompt)
        slot = taken.slot
        tokens = Array(prompt[..<taken.shared])
    }

    func end() { scheduler.freeSlot(slot, keeping: tokens.count) }

    var count: Int { tokens.count }
    /// Whether no other request is at work.
    var isAlone: Bool { scheduler.isAlone(slot) }
    /// Tokens of the prompt that should be sent at once.
    var promptLength: Int { scheduler.promptLength(for: slot) }

    func beginGeneration() { scheduler.beginGeneration(in: slot) }

    /// Appends tokens.
    func evaluate(_ tokens: [TokenID], logits: InferenceSession.LogitsRequest = .last) throws {
        try submit(.evaluate(tokens, logits: logits))
    }

    /// Appends tokens and leaves the logits after each of them: the bits that evaluating them one after the other leaves.
    func verify(_ tokens: [TokenID]) throws { try submit(.verify(tokens)) }

    /// Drops `discard` tokens after the first `keep`.
    func shift(keep: Int, discard: Int) throws { try submit(.shift(keep: keep, discard: discard)) }

    /// Forgets the last tokens.
    func drop(_ count: Int) { tokens.removeLast(count) }

    private func submit(_ work: SlotStep.Work) throws {
        var step = SlotStep(slot: slot, position: tokens.count, work: work)
        swap(&step.logits, &logits)
        var done = scheduler.submit(step)
        swap(&done.logits, &logits)
        done.apply(to: &tokens)
        if let failure = done.failure { throw failure }
    }

    /// The logits of the last evaluation: row 0 is the first token that they were asked for.
    func withLogits<Result>(_ row: Int, _ body: (Span<Float>) throws -> Result) rethrows -> Result {
        let logits = logits
        return try body(logits.span.extracting(row * vocabularySize..<(row + 1) * vocabularySize))
    }
}
