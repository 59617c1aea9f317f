import Dispatch
import Synchronization
import Tokenization
import TransformerEngine

/// Shares one session out among requests, each on a thread and in a slot of its own: what they want computed at the same time goes
/// through the network at the same time, and they join and leave at any token (Yu et al. 2022, "Orca").
///
/// Nobody is in charge for good. The first request that wants something while nobody computes takes the lead: it waits a moment for
/// those that are about to want something too, computes for all, hands them what is theirs, and passes the lead on. A request that is
/// alone computes on its own thread and waits for nobody.
final class SlotScheduler: Sendable {
    let contextLength: Int
    let batchLength: Int
    let slotCount: Int
    private let session: Mutex<InferenceSession>
    private let state: Mutex<State>
    /// One a slot: its step is done, or the lead is its.
    private let wakes: [DispatchSemaphore]
    /// What the leader waits for wants something now.
    private let arrivals = DispatchSemaphore(value: 0)
    private let vacancies: DispatchSemaphore

    /// Tokens of a prompt that go through the network at once while others generate: a longer piece would make them wait.
    private static let lengthBesideOthers = 64
    /// Tokens in common with a prompt that is being computed that are worth waiting for.
    fileprivate static let leastFollowed = 64
    /// The leader waits for others as long as this part of what the last batch took.
    private static let patience = 4
    private static let longestPatience = Duration.milliseconds(20)

    enum Phase { case free, prompt, generation }

    fileprivate struct Slot {
        var phase = Phase.free
        /// Whether its request will want something soon: it did the last time.
        var isExpected = false
        /// The tokens whose keys and values the session holds, in order.
        var tokens: [TokenID] = []
        /// What it will hold once its prompt is computed.
        var prompt: [TokenID] = []
        var lastUse: UInt64 = 0
    }

    fileprivate struct State {
        var slots: [Slot]
        var waiting: [SlotStep] = []
        /// Steps that are done, until their requests take them.
        var finished: [Int: SlotStep] = [:]
        var isLed = false
        /// Whether the leader waits for those it expects.
        var isGathering = false
        var lastBatch = Duration.zero
        var uses: UInt64 = 0
        /// Requests that wait for the prompt of a slot, which begins as theirs does.
        var followers: [(slot: Int, wake: DispatchSemaphore)] = []
        var shelf: PrefixShelf

        var isComplete: Bool { waiting.count >= slots.count(where: \.isExpected) }
    }

    /// - Parameters:
    ///   - shelfCapacity: bytes of keys and values that are put aside when a slot goes to another conversation.
    ///   - make: makes the session, which has `slots` slots.
    init(slots: Int, batchLength: Int, shelfCapacity: Int = 0, session make: () throws -> sending InferenceSession) rethrows {
        let session = try make()
        (contextLength, self.batchLength, slotCount) = (session.contextLength, batchLength, slots)
        self.session = Mutex(session)
        state = Mutex(State(slots: Array(repeating: Slot(), count: slots), shelf: PrefixShelf(capacity: shelfCapacity)))
        wakes = (0..<slots).map { _ in DispatchSemaphore(value: 0) }
        vacancies = DispatchSemaphore(value: slots)
    }

    // MARK: Slots

    /// Waits for a slot, and takes what some slot holds of the prompt's beginning.
    ///
    /// A prompt that begins as another one that is being computed waits for it: what they share is computed once.
    /// - Returns: the slot, and how many tokens of the prompt are there.
    func takeSlot(for prompt: [TokenID]) -> (slot: Int, shared: Int) {
        vacancies.wait()
        let place = choosePlace(for: prompt)
        guard let step = place.step.map(submit) else { return (place.slot, place.shared) }
        // What cannot be had is computed.
        guard step.failure == nil, case .adopt(let tokens, _) = step.work else { return (place.slot, 0) }
        return (place.slot, tokens.count)
    }

    /// Where a prompt goes on.
    fileprivate struct Place {
        let slot: Int
        /// Tokens of the prompt that are there once `step` is done.
        let shared: Int
        /// What has to be copied first.
        let step: SlotStep?
    }

    private func choosePlace(for prompt: [TokenID]) -> Place {
        while true {
            let turn = DispatchSemaphore(value: 0)
            let place: Place? = state.withLock { state in
                guard let choice = SlotChoice.choose(for: prompt, among: state.candidates) else {
                    preconditionFailure("a vacancy without a free slot")
                }
                if let ahead = state.slot(computing: prompt, beyond: choice.shared) {
                    state.followers.append((ahead, turn))
                    return nil
                }
                return state.occupy(choice, for: prompt)
            }
            if let place { return place }
            turn.wait()
        }
    }

    /// Its prompt is computed; tokens come one by one from now on.
    func beginGeneration(in slot: Int) {
        state.withLock { state in
            (state.slots[slot].phase, state.slots[slot].prompt) = (.generation, [])
            state.wakeFollowers(of: slot)
        }
    }

    /// Gives a slot back. Its tokens stay for prompts that begin alike.
    ///
    /// - Parameter position: tokens that stay.
    func freeSlot(_ slot: Int, keeping position: Int) {
        state.withLock { state in
            state.uses += 1
            let tokens = state.slots[slot].tokens.prefix(position)
            state.slots[slot] = Slot(tokens: Array(tokens), lastUse: state.uses)
            state.wakeFollowers(of: slot)
            if state.isGathering, state.isComplete { arrivals.signal() }
        }
        vacancies.signal()
    }

    /// Tokens of its prompt that a slot should send at once.
    func promptLength(for slot: Int) -> Int {
        state.withLock { state in
            let others = state.slots.indices.filter { $0 != slot && state.slots[$0].isExpected }
            if others.contains(where: { state.slots[$0].phase == .generation }) {
                return min(Self.lengthBesideOthers, batchLength)
            }
            return max(min(Self.lengthBesideOthers, batchLength), batchLength / (others.count + 1))
        }
    }

    /// Whether no other request is at work.
    func isAlone(_ slot: Int) -> Bool {
        state.withLock { state in !state.slots.indices.contains { $0 != slot && state.slots[$0].phase != .free } }
    }

    /// Fills the first slot with what an earlier session held, before any request.
    ///
    /// - Parameter fill: puts keys and values into the session's first slot, and says of which tokens.
    func restore(_ fill: (InferenceSession) throws -> [TokenID]) throws {
        let tokens = try session.withLock { try fill($0) }
        state.withLock { $0.slots[0].tokens = tokens }
    }

    /// Hands out the slot that was used last and its tokens, while nobody computes.
    func withLastSlot(_ body: (InferenceSession, _ slot: Int, _ tokens: [TokenID]) throws -> Void) throws {
        try session.withLock { session in
            let (slot, tokens) = state.withLock { state in
                let last = state.slots.indices.max { state.slots[$0].lastUse < state.slots[$1].lastUse } ?? 0
                return (last, state.slots[last].tokens)
            }
            try body(session, slot, tokens)
        }
    }

    // MARK: Steps

    /// Has a step computed, with those of others or alone.
    func submit(_ step: SlotStep) -> SlotStep {
        let slot = step.slot
        let leads = state.withLock { state in
            state.waiting.append(step)
            state.slots[slot].isExpected = true
            if state.isGathering, state.isComplete { arrivals.signal() }
            defer { state.isLed = true }
            return !state.isLed
        }
        if !leads {
            wakes[slot].wait()
            if let done = state.withLock({ $0.finished.removeValue(forKey: slot) }) { return done }
        }
        return lead(for: slot)
    }

    /// Computes what waits, and passes the lead on.
    private func lead(for own: Int) -> SlotStep {
        gather()
        var steps = state.withLock { state in
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return state.confirmedSteps()
        }
        let start = ContinuousClock.now
        session.withLock { SlotStep.compute(&steps, with: $0) }
        let duration = start.duration(to: .now)
        let (mine, woken) = state.withLock { state in
            state.lastBatch = duration
            return state.finish(steps, own: own)
        }
        for slot in woken { wakes[slot].signal() }
        guard let mine else { preconditionFailure("a leader without a step of its own") }
        return mine
    }

    /// Waits until everybody who is expected wants something, but not long: who is late goes with the next batch.
    private func gather() {
        let patience = state.withLock { min($0.lastBatch / Self.patience, Self.longestPatience) }
        let deadline = DispatchTime.now() + .nanoseconds(Int(patience / .nanoseconds(1)))
        while true {
            let isComplete = state.withLock { state in
                state.isGathering = !state.isComplete
                return state.isComplete
            }
            if isComplete { return }
            if arrivals.wait(timeout: deadline) == .timedOut { break }
        }
        state.withLock { state in
            state.isGathering = false
            for slot in state.slots.indices {
                state.slots[slot].isExpected = state.waiting.contains { $0.slot == slot }
            }
        }
    }
}

extension SlotScheduler.State {
    fileprivate var candidates: [SlotChoice.Candidate] {
        slots.map { SlotChoice.Candidate(tokens: $0.tokens, isFree: $0.phase == .free, lastUse: $0.lastUse) }
    }

    /// A slot that is computing a prompt of which this one shares much more than `known` tokens.
    fileprivate func slot(computing prompt: [TokenID], beyond known: Int) -> Int? {
        slots.indices.first {
            slots[$0].phase == .prompt && slots[$0].prompt.commonPrefixLength(with: prompt) >= known + SlotScheduler.leastFollowed
        }
    }

    /// Lets those choose again who wait for a slot's prompt.
    fileprivate mutating func wakeFollowers(of slot: Int) {
        for follower in followers where follower.slot == slot { follower.wake.signal() }
        followers.removeAll { $0.slot == slot }
    }

    /// Gives a slot to a prompt.
    fileprivate mutating func occupy(_ choice: SlotChoice, for prompt: [TokenID]) -> SlotScheduler.Place {
        var source = choice.source.map { SlotStep.Source.slot($0) }
        var shared = choice.shared
        if let kept = shelf.longest(for: prompt), kept.shared >= shared + SlotChoice.leastCopied {
            (source, shared) = (.shelf(shelf.take(kept.index, shared: kept.shared)), kept.shared)
        }
        let slot = choice.slot
        let held = slots[slot].tokens
        // A conversation that goes on loses little; what would lose more than that is another one.
        let lost = held.count - held.commonPrefixLength(with: prompt)
        let saves = shelf.capacity > 0 && lost >= PrefixShelf.shortest && lost > held.count / 2 ? held.count : 0
        (slots[slot].phase, slots[slot].prompt) = (.prompt, prompt)
        guard saves > 0 || source != nil else { return SlotScheduler.Place(slot: slot, shared: shared, step: nil) }
        var step = SlotStep(slot: slot, position: 0, work: .adopt(Array(prompt[..<shared]), from: source ?? .slot(slot)))
        step.saves = saves
        return SlotScheduler.Place(slot: slot, shared: shared, step: step)
    }

    /// The steps that wait, with what they take over from other slots held against what those have now.
    fileprivate func confirmedSteps() -> [SlotStep] {
        let changing = waiting.compactMap { step in if case .adopt = step.work { step.slot } else { nil } }
        return waiting.map { step in
            guard case .adopt(let tokens, .slot(let source)) = step.work else { return step }
            // A slot that takes over something itself is no source in the same batch.
            let isStable = source == step.slot || !changing.contains(source)
            let shared = isStable ? slots[source].tokens.commonPrefixLength(with: tokens) : 0
            var step = step
            step.work = .adopt(Array(tokens[..<shared]), from: .slot(source))
            return step
        }
    }

    /// Takes note of what was computed.
    ///
    /// - Returns: the leader's own step, and the slots to wake: those whose steps are done, and the next leader.
    fileprivate mutating func finish(_ steps: [SlotStep], own: Int) -> (mine: SlotStep?, woken: [Int]) {
        var mine: SlotStep?
        var woken: [Int] = []
        for step in steps {
            if let state = step.saved { shelf.put(slots[step.slot].tokens, state: state) }
            step.apply(to: &slots[step.slot].tokens)
            if step.slot == own {
                mine = step
            } else {
                finished[step.slot] = step
                woken.append(step.slot)
            }
        }
        if let next = waiting.first?.slot { woken.append(next) } else { isLed = false }
        return (mine, woken)
    }
}
