import Compute
import Testing
import TransformerEngine

/// The logits of tiny models against an independent float64 implementation.
@Suite struct FidelityTests {
    @Test(arguments: TinyModel.all, KernelTable.available())
    func `every position's logits are the reference's`(tiny: TinyModel, table: KernelTable) throws {
        let pool = ThreadPool(threads: 2)
        // Scores of random weights are large, so rounding keys to F16 shows more than in a trained model.
        for (cacheType, bound) in [(CacheType.f32, 1e-10), (.f16, 2e-5), (.q8_0, 1e-2), (.q4_0, 1)] {
            let session = try InferenceSession(
                model: tiny.model(), contextLength: 64, cacheType: cacheType, pool: pool, table: table)
            try session.evaluate(tiny.tokens(), logits: .all)
            let wanted = try tiny.logits()
            #expect(session.logitCount == wanted.count)
            for (position, row) in wanted.enumerated() {
                let error = normalizedError(session.logits(position), row)
                #expect(error < bound, "position \(position), \(cacheType) cache")
            }
        }
    }

    @Test(arguments: TinyModel.all, KernelTable.available())
    func `any number of threads gives the same bits`(tiny: TinyModel, table: KernelTable) throws {
        let logits = try [1, 2, 3, 5].map { threads in
            let session = try InferenceSession(
                model: tiny.model(), contextLength: 64, batchSize: 7, pool: ThreadPool(threads: threads), table: table)
            try session.evaluate(tiny.tokens(), logits: .all)
            return session.allLogits()
        }
        for other in logits.dropFirst() { #expect(other == logits[0]) }
    }

    @Test(arguments: TinyModel.all)
    func `batches of any size agree with tokens one by one`(tiny: TinyModel) throws {
        let pool = ThreadPool(threads: 2)
        let wanted = try tiny.logits()
        for batchSize in [1, 2, 7, 16, 64] {
            let session = try InferenceSession(
                model: tiny.model(), contextLength: 64, batchSize: batchSize, cacheType: .f32, pool: pool)
            try session.evaluate(tiny.tokens(), logits: .all)
            for (position, row) in wanted.enumerated() {
                #expect(normalizedError(session.logits(position), row) < 1e-10, "position \(position), batches of \(batchSize)")
            }
            let steps = try InferenceSession(
                model: tiny.model(), contextLength: 64, batchSize: batchSize, cacheType: .f32, pool: pool)
            for token in try tiny.tokens() { try steps.evaluate([token]) }
            #expect(normalizedError(steps.logits(), wanted[wanted.count - 1]) < 1e-10)
        }
    }
}
