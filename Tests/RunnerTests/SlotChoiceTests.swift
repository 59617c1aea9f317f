import Runner
import Testing

@Suite struct ChoosingASlot {
    private func slot(_ tokens: Range<Int32>, free: Bool = true, lastUse: UInt64 = 0) -> SlotChoice.Candidate {
        SlotChoice.Candidate(tokens: Array(tokens), isFree: free, lastUse: lastUse)
    }

    private func choose(_ prompt: Range<Int32>, _ slots: SlotChoice.Candidate...) -> SlotChoice? {
        SlotChoice.choose(for: Array(prompt), among: slots)
    }

    @Test func aConversationGoesOnWhereItWas() {
        let choice = choose(0..<100, slot(500..<600, lastUse: 1), slot(0..<90, lastUse: 2))
        #expect(choice == SlotChoice(slot: 1, source: nil, shared: 90))
    }

    @Test func theLastTokenIsComputedInAnyCase() {
        #expect(choose(0..<100, slot(0..<100)) == SlotChoice(slot: 0, source: nil, shared: 99))
        #expect(choose(0..<1, slot(0..<1)) == SlotChoice(slot: 0, source: nil, shared: 0))
    }

    @Test func aTextThatGoesOnElsewhereIsKeptWhileAnotherSlotIsOlder() {
        let choice = choose(0..<50, slot(0..<400, lastUse: 2), slot(700..<800, lastUse: 1))
        #expect(choice == SlotChoice(slot: 1, source: 0, shared: 49))
    }

    @Test func theBeginningMayComeFromASlotAtWork() {
        let choice = choose(0..<50, slot(0..<40, free: false), slot(0..<5))
        #expect(choice == SlotChoice(slot: 1, source: 0, shared: 40))
    }

    @Test func aFewTokensAreNotWorthCopying() {
        let choice = choose(0..<50, slot(0..<10, free: false), slot(900..<901))
        #expect(choice == SlotChoice(slot: 1, source: nil, shared: 0))
    }

    @Test func nothingFreeIsNoChoice() { #expect(choose(0..<5, slot(0..<5, free: false)) == nil) }
}
