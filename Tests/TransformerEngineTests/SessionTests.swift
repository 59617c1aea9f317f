import Compute
import GGUF
import Testing
import TransformerEngine

/// What a session does with its sequences: cutting, shifting, several at once, and what it refuses.
@Suite struct SessionTests {
    let pool = ThreadPool(threads: 2)
    let tiny = TinyModel(name: "qwen3")

    private func session(context: Int = 64, batch: Int = 512, slots: Int = 1, of tiny: TinyModel? = nil) throws -> InferenceSession
    {
        try InferenceSession(
            model: (tiny ?? self.tiny).model(), contextLength: context, batchSize: batch, slots: slots, cacheType: .f32, pool: pool)
    }

    private func close(_ found: [Float], _ wanted: [Float], within bound: Double = 1e-10) -> Bool {
        normalizedError(found, wanted.map(Double.init)) < bound
    }

    @Test func `only the logits asked for are left`() throws {
        let session = try session()
        let tokens = try tiny.tokens()
        try session.evaluate(tokens, logits: .none)
        #expect(session.logitCount == 0)
        try session.truncate(to: 0)
        try session.evaluate(tokens, logits: .last)
        #expect(session.logitCount == 1)
        let last = session.logits()
        try session.truncate(to: 0)
        try session.evaluate(tokens, logits: .all)
        #expect(session.logitCount == tokens.count)
        #expect(close(last, session.logits(tokens.count - 1)))
    }

    @Test func `a truncated sequence continues as if the rest had never been`() throws {
        let tokens = try tiny.tokens()
        let session = try session()
        // In two runs, so that the first nine go through the same kernels as in the fresh session.
        try session.evaluate(Array(tokens[..<9]), logits: .none)
        try session.evaluate(Array(tokens[9...]), logits: .none)
        try session.truncate(to: 9)
        #expect(session.position() == 9)
        try session.evaluate([3, 1, 4])
        let fresh = try self.session()
        try fresh.evaluate(Array(tokens[..<9]), logits: .none)
        try fresh.evaluate([3, 1, 4])
        #expect(session.logits() == fresh.logits())
    }

    @Test(arguments: ["llama-biases", "llama-yarn", "qwen2"], [0, 3])
    func `after a shift, keys stand where their new positions would have put them`(name: String, keep: Int) throws {
        // With one layer's worth of context kept, hidden states differ from a fresh run's, so compare one shift with two
        // that add up to it: keys turned twice must be keys turned once.
        let tiny = TinyModel(name: name)
        let tokens = try tiny.tokens()
        let once = try session(of: tiny)
        try once.evaluate(tokens, logits: .none)
        try once.shift(keep: keep, discard: 6)
        let twice = try session(of: tiny)
        try twice.evaluate(tokens, logits: .none)
        try twice.shift(keep: keep, discard: 2)
        try twice.shift(keep: keep, discard: 4)
        #expect(once.position() == tokens.count - 6)
        try once.evaluate([5, 6])
        try twice.evaluate([5, 6])
        #expect(close(once.logits(), twice.logits()))
    }

    @Test func `a shift equals a fresh evaluation where layers do not mix positions`() throws {
        // In a model of one layer, keys and values depend on their own token alone.
        let file = try TinyModel(name: "llama-biases").edited { $0["llama.block_count"] = .uint32(1) }
        let model = try TransformerModel(file: file)
        func session() throws -> InferenceSession {
            try InferenceSession(model: model, contextLength: 32, cacheType: .f32, pool: pool)
        }
        let tokens = (0..<20).map { Int32($0 * 7 % 40) }
        let shifted = try session()
        try shifted.evaluate(tokens, logits: .none)
        try shifted.shift(keep: 2, discard: 5)
        try shifted.evaluate([9])
        let fresh = try session()
        try fresh.evaluate(Array(tokens[..<2] + tokens[7...]) + [9])
        #expect(shifted.position() == fresh.position())
        #expect(close(shifted.logits(), fresh.logits()))
    }

    @Test func `slots keep sequences apart, in one batch or several`() throws {
        let tokens = try tiny.tokens()
        let wanted = try tiny.logits()
        for batch in [5, 64] {
            let session = try session(batch: batch, slots: 3)
            try session.evaluate([TokenRun(Array(tokens[..<10]), slot: 2, logits: .all), TokenRun([8, 9], slot: 0)])
            #expect(session.logitCount == 11)
            #expect(normalizedError(session.logits(9), wanted[9]) < 1e-10)
            let other = session.logits(10)
            try session.evaluate([
                TokenRun([7], slot: 0, logits: .none), TokenRun(Array(tokens[10..<13]), slot: 2), TokenRun([8, 9], slot: 1),
                TokenRun([tokens[13]], slot: 2),
            ])
            #expect([0, 1, 2].map { session.position(of: $0) } == [3, 2, 14])
            #expect(session.logitCount == 3)
            #expect(normalizedError(session.logits(0), wanted[12]) < 1e-10)
            #expect(close(session.logits(1), other))
            #expect(normalizedError(session.logits(2), wanted[13]) < 1e-10)
        }
    }

    @Test func `a full context is an error that changes nothing`() throws {
        let session = try session(context: 10)
        try session.evaluate([1, 2, 3, 4, 5, 6, 7, 8])
        #expect(throws: EngineError.contextFull(used: 8, adding: 3, contextLength: 10)) { try session.evaluate([1, 2, 3]) }
        #expect(session.position() == 8)
        try session.evaluate([1, 2])
        #expect(throws: EngineError.contextFull(used: 10, adding: 1, contextLength: 10)) { try session.evaluate([1]) }
    }

    @Test func `bad requests are errors`() throws {
        let session = try session()
        #expect(throws: EngineError.noTokens) { try session.evaluate([Int32]()) }
        #expect(throws: EngineError.noTokens) { try session.evaluate([TokenRun]()) }
        #expect(throws: EngineError.tokenOutOfRange(40, vocabularySize: 40)) { try session.evaluate([1, 40]) }
        #expect(throws: EngineError.tokenOutOfRange(-1, vocabularySize: 40)) { try session.evaluate([-1]) }
        #expect(throws: EngineError.unknownSlot(1, count: 1)) { try session.evaluate([1], slot: 1) }
        #expect(throws: EngineError.positionOutOfRange(1, used: 0)) { try session.truncate(to: 1) }
        try session.evaluate([1, 2, 3])
        #expect(throws: EngineError.positionOutOfRange(4, used: 3)) { try session.shift(keep: 4, discard: 0) }
        #expect(throws: EngineError.positionOutOfRange(4, used: 3)) { try session.shift(keep: 1, discard: 3) }
        #expect(throws: EngineError.positionOutOfRange(-1, used: 3)) { try session.truncate(to: -1) }
        for (context, batch, slots) in [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1 << 40, 1, 1)] {
            #expect(throws: EngineError.self) { try self.session(context: context, batch: batch, slots: slots) }
        }
    }

    @Test func `a cancelled evaluation throws and leaves the slot as it was`() throws {
        let session = try session()
        try session.evaluate([1, 2, 3])
        session.cancellation.raise()
        #expect(throws: EngineError.cancelled) { try session.evaluate([4]) }
        #expect(session.position() == 3)
        #expect(session.logitCount == 0)
        session.cancellation.lower()
        try session.evaluate([4])
        #expect(session.position() == 4)
    }

    @Test func `the memory estimate counts the cache as it is`() throws {
        let model = try tiny.model()
        let estimate = try model.memoryEstimate(contextLength: 64, slots: 2, cacheType: .f16, threads: 2)
        // layers * slots * KV heads * (key + value) * positions * bytes
        #expect(estimate.cache == 2 * 2 * 2 * 24 * 64 * 2)
        #expect(estimate.logits == 160)
        // Of the embedding, which is not the output head too, only rows are looked up.
        #expect(estimate.weights == model.weightByteCount - 40 * 32 * 4)
        #expect(throws: EngineError.self) {
            try model.memoryEstimate(contextLength: .max - 100, slots: 1000, threads: 1)
        }
    }
}
