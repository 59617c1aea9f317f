package import Tokenization

/// Which slot a prompt gets, and where the beginning of it is taken from.
package struct SlotChoice: Equatable {
    package var slot: Int
    /// Another slot, whose first tokens are copied.
    package var source: Int?
    /// Tokens of the prompt that need not be computed.
    package var shared: Int

    /// A slot as the choice sees it.
    package struct Candidate {
        package var tokens: [TokenID]
        package var isFree: Bool
        /// Larger is later.
        package var lastUse: UInt64

        package init(tokens: [TokenID], isFree: Bool, lastUse: UInt64) {
            (self.tokens, self.isFree, self.lastUse) = (tokens, isFree, lastUse)
        }
    }

    package init(slot: Int, source: Int?, shared: Int) { (self.slot, self.source, self.shared) = (slot, source, shared) }

    /// Copying fewer tokens than this costs about as much as computing them.
    static let leastCopied = 16

    /// The free slot whose tokens are worth least, with the longest beginning of the prompt that any slot has.
    ///
    /// The last token of the prompt never counts: its logits are wanted.
    /// - Returns: nil where no slot is free.
    package static func choose(for prompt: [TokenID], among slots: [Candidate]) -> SlotChoice? {
        let shared = slots.map { min($0.tokens.commonPrefixLength(with: prompt), max(prompt.count - 1, 0)) }
        let free = slots.indices.filter { slots[$0].isFree }
        guard let oldest = free.min(by: { slots[$0].lastUse < slots[$1].lastUse }) else { return nil }
        // Among equals the one that loses least, so that a conversation goes on where it was.
        func precedes(_ a: Int, _ b: Int) -> Bool {
            (shared[a], slots[b].tokens.count, slots[a].lastUse) < (shared[b], slots[a].tokens.count, slots[b].lastUse)
        }
        let best = slots.indices.max(by: precedes) ?? oldest
        let bestFree = free.max(by: precedes) ?? oldest
        // A slot whose text goes on otherwise is worth keeping while another one has been idle for longer.
        let goesOnElsewhere = slots[bestFree].tokens.count > shared[bestFree] + leastCopied
        let slot = goesOnElsewhere ? oldest : bestFree
        guard shared[best] >= shared[slot] + leastCopied else {
            return SlotChoice(slot: slot, source: nil, shared: shared[slot])
        }
        return SlotChoice(slot: slot, source: best, shared: shared[best])
    }
}

extension [TokenID] {
    /// How many tokens two sequences have in common at their start.
    func commonPrefixLength(with other: [TokenID]) -> Int {
        var length = 0
        while length < count, length < other.count, self[length] == other[length] { length += 1 }
        return length
    }
}
