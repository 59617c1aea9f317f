import Compute
import Tensors
import TestSupport
import Testing
import TransformerEngine

/// The trained sample model against what transformers computes from the same weights in F32.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct SampleModelTests {
    private let pool = ThreadPool(threads: 2)

    private func highest(_ logits: Span<Float>) -> Int32 {
        var best = 0
        for id in logits.indices where logits[id] > logits[best] { best = id }
        return Int32(best)
    }

    /// Evaluates a prompt and continues it with the most likely tokens.
    private func continuation(
        of prompt: [Int32], count: Int, in session: InferenceSession
    ) throws -> (tokens: [Int32], first: [Float]) {
        try session.truncate(to: 0)
        try session.evaluate(prompt)
        let first = session.logits()
        var tokens = [session.withLogits { highest($0) }]
        while tokens.count < count {
            try session.evaluate([tokens[tokens.count - 1]])
            tokens.append(session.withLogits { highest($0) })
        }
        return (tokens, first)
    }

    @Test(arguments: [TensorType.f32, .bf16])
    func `every case gives the ids and logits of the reference`(type: TensorType) throws {
        let session = try InferenceSession(model: SampleModel.model(type), contextLength: 2048, pool: pool)
        for sample in try SampleModel.cases() {
            let found = try continuation(of: sample.prompt, count: sample.forced.count, in: session)
            #expect(found.tokens == sample.forced, "\(sample.name)")
            #expect(Array(found.tokens.prefix(sample.greedy.count)) == Array(sample.greedy.prefix(64)), "\(sample.name)")
            #expect(normalizedError(found.first, sample.lastLogits) < 1e-6, "\(sample.name)")
        }
    }

    @Test(arguments: KernelTable.available())
    func `every table gives the same text, whatever the batch size`(table: KernelTable) throws {
        let model = try SampleModel.model(.f32)
        for sample in try SampleModel.cases().prefix(3) {
            for batchSize in [1, 7, 64, 512] {
                let session = try InferenceSession(
                    model: model, contextLength: 1024, batchSize: batchSize, pool: pool, table: table)
                let found = try continuation(of: sample.prompt, count: 24, in: session)
                #expect(found.tokens == Array(sample.forced.prefix(24)), "\(sample.name), batches of \(batchSize)")
                #expect(normalizedError(found.first, sample.lastLogits) < 1e-6, "\(sample.name), batches of \(batchSize)")
            }
        }
    }

    @Test(arguments: KernelTable.available())
    func `every number of threads gives the same bits`(table: KernelTable) throws {
        let model = try SampleModel.model(.bf16)
        let sample = try #require(SampleModel.cases().first)
        let runs = try [1, 2, 3].map { threads in
            let session = try InferenceSession(
                model: model, contextLength: 512, pool: ThreadPool(threads: threads), table: table)
            let prompt = try continuation(of: sample.prompt, count: 8, in: session)
            return prompt.first + session.logits()
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] == runs[2])
    }

    @Test func `a session that was cut and shifted still answers`() throws {
        let session = try InferenceSession(model: SampleModel.model(.f32), contextLength: 512, pool: pool)
        let sample = try #require(SampleModel.cases().first)
        let whole = try continuation(of: sample.prompt, count: 16, in: session)
        // Evaluated again from the middle: the same text.
        try session.truncate(to: sample.prompt.count / 2)
        try session.evaluate(Array(sample.prompt[(sample.prompt.count / 2)...]))
        #expect(session.withLogits { highest($0) } == whole.tokens[0])
        // Something else first, then shifted away: close to the text without it.
        try session.truncate(to: 0)
        try session.evaluate(Array(sample.prompt[..<4]) + sample.prompt)
        try session.shift(keep: 0, discard: 4)
        #expect(session.position() == sample.prompt.count)
        #expect(session.withLogits { highest($0) } == whole.tokens[0])
    }

    /// What rounding keys and values costs on a trained model (Documentation/Kernels.md states the figures).
    @Test(arguments: [(CacheType.f32, 1e-8), (.f16, 1e-6), (.q8_0, 1e-3), (.q4_0, 5e-2)])
    func `every type of cache keeps the logits within its bound`(type: CacheType, bound: Double) throws {
        let session = try InferenceSession(model: SampleModel.model(.f32), contextLength: 2048, cacheType: type, pool: pool)
        for sample in try SampleModel.cases() {
            try session.truncate(to: 0)
            try session.evaluate(sample.prompt)
            #expect(normalizedError(session.logits(), sample.lastLogits) < bound, "\(sample.name)")
        }
    }
}
