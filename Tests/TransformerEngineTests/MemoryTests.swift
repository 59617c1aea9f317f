import Compute
import Testing
import TransformerEngine

/// What a session takes is said before, and refused where it is not there.
@Suite struct MemoryTests {
    private let tiny = TinyModel(name: "qwen3")

    private func error(
        context: Int, type: CacheType = .f16, available: (byteCount: Int, limit: SystemMemory.Limit)?
    ) throws -> EngineError? {
        let model = try tiny.model()
        do {
            try model.requireMemory(
                contextLength: context, batchSize: 8, slots: 1, cacheType: type, threads: 2, available: available)
            return nil
        } catch { return error }
    }

    @Test func `blocks take the bytes of whole blocks`() throws {
        let model = try tiny.model()
        func cache(_ type: CacheType) throws -> Int {
            try model.memoryEstimate(contextLength: 1000, cacheType: type, threads: 1).cache
        }
        let shape = model.hyperparameters
        // layers * KV heads * positions in whole tiles * bytes of a key and a value
        let rows = shape.layerCount * shape.keyValueHeadCount * 1024
        #expect(try cache(.f16) == rows * (shape.keyLength + shape.valueLength) * 2)
        #expect(try cache(.f32) == rows * (shape.keyLength + shape.valueLength) * 4)
        func blocks(_ size: Int) -> Int { (size + 31) / 32 }
        #expect(try cache(.q8_0) == rows * (blocks(shape.keyLength) + blocks(shape.valueLength)) * 34)
        #expect(try cache(.q4_0) == rows * (blocks(shape.keyLength) + blocks(shape.valueLength)) * 18)
    }

    @Test func `what does not fit is refused with what would`() throws {
        let gigabyte = 1_000_000_000
        #expect(try error(context: 65536, available: (gigabyte, .machine)) == nil)
        #expect(try error(context: 1 << 30, available: nil) == nil)
        let found = try #require(try error(context: 4 << 20, available: (gigabyte / 10, .controlGroup)))
        guard case .notEnoughMemory(let wanted, let available, .controlGroup, let fitting) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(wanted.total > available && available == gigabyte / 10)
        let length = try #require(fitting.first?.split(separator: " ").last.flatMap { Int($0) })
        #expect(fitting[0].hasPrefix("num_ctx ") && length < 4 << 20)
        #expect(try error(context: length, available: (available, .machine)) == nil)
        #expect(
            found.description.hasPrefix("not enough memory: ")
                && found.description.contains("100.0 MB available in the control group"))
    }

    @Test func `a smaller type of cache is offered where that is enough`() throws {
        let model = try tiny.model()
        // Heads of this model fill only part of a block, so F32 is what blocks save on.
        let wanted = try model.memoryEstimate(contextLength: 1 << 20, batchSize: 8, cacheType: .f32, threads: 2)
        let found = try error(context: 1 << 20, type: .f32, available: (wanted.total - wanted.cache / 4, .machine))
        #expect(found?.description.contains("or KV cache type q8_0 would fit") == true)
    }

    @Test func `weights that do not fit cannot be helped by a smaller context`() throws {
        #expect(try error(context: 2048, available: (10_000, .machine))?.description.contains("no smaller context fits") == true)
    }
}
