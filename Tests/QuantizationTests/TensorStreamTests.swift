import Bytes
import Compute
import Quantization
import Tensors
import Testing

@Suite struct TensorStreamTests {
    private static func stored(_ values: [Float]) -> [UInt8] { values.flatMap { bytes($0.bitPattern) } }

    private func run(
        threads: Int = 2, _ source: TensorSource, as type: TensorType, importance: [Float]? = nil
    ) throws -> [UInt8] {
        var written: [UInt8] = []
        let stream = TensorStream(pool: ThreadPool(threads: threads)) { part in
            part.withUnsafeBytes { written.append(contentsOf: $0) }
        }
        try stream.append(source, as: type, importance: importance)
        try stream.finish()
        return written
    }

    private func source(_ values: [Float], _ shape: [Int], name: String = "t") throws -> TensorSource {
        TensorSource(
            name: name, storedType: .f32, shape: try #require(TensorShape(shape)), parts: [ByteRegion(Self.stored(values))])
    }

    @Test(
        "waves, threads and long rows change nothing", arguments: [1, 2, 5], [[768, 19], [14592, 1], [256, 57], [256, 19, 3]])
    func waves(threads: Int, shape: [Int]) throws {
        let values = FixtureValues.pattern("normal")
        let wanted = RowCodec.reference.quantize(values, columns: shape[0], to: .q4_K)
        #expect(try run(threads: threads, try source(values, shape), as: .q4_K) == wanted)
    }

    @Test("several waves follow each other in order, also between tensors")
    func severalWaves() throws {
        let values = FixtureValues.pattern("normal", count: 2_500_000 / 256 * 256)
        let shape = try #require(TensorShape([256, values.count / 256]))
        let tensor = TensorSource(name: "t", storedType: .f32, shape: shape, parts: [ByteRegion(Self.stored(values))])
        var written: [UInt8] = []
        var largest = 0
        let stream = TensorStream(pool: ThreadPool(threads: 2)) { part in
            largest = max(largest, part.byteCount)
            part.withUnsafeBytes { written.append(contentsOf: $0) }
        }
        try stream.append([1, 2, 3])
        try stream.append(tensor, as: .q8_0)
        try stream.append([4])
        try stream.append(tensor, as: .q8_0)
        try stream.finish()
        let once = RowCodec.selected.quantize(values, columns: 256, to: .q8_0)
        #expect(written == [1, 2, 3] + once + [4] + once)
        #expect(largest < 2 << 20)
    }

    @Test("the bytes are handed out on the calling thread, so that the sink may belong to an actor")
    @MainActor func isolatedSink() throws {
        let values = FixtureValues.pattern("normal", count: 256 * 9000)
        var count = 0
        let stream = TensorStream(pool: ThreadPool(threads: 4)) { part in
            MainActor.assertIsolated()
            count += part.byteCount
        }
        try stream.append(try source(values, [256, 9000]), as: .q8_0)
        try stream.finish()
        #expect(count == 9000 * 272)
    }

    @Test("a vector of millions streams like any matrix, and its errors count its elements")
    func longRows() throws {
        var values = FixtureValues.pattern("normal", count: 256 * 9000)
        var largest = 0
        var count = 0
        let stream = TensorStream(pool: ThreadPool(threads: 2)) { part in
            largest = max(largest, part.byteCount)
            count += part.byteCount
        }
        try stream.append(try source(values, [values.count]), as: .f32)
        try stream.finish()
        #expect(count == 4 * values.count && largest < 5 << 20)
        #expect(try run(try source(values, [values.count, 1]), as: .q6_K) == run(try source(values, [256, 9000]), as: .q6_K))
        values[2_000_001] = .nan
        #expect(throws: QuantizationError.self) { try run(try source(values, [values.count]), as: .f16) }
        values[2_000_001] = -.infinity
        #expect(throws: QuantizationError.notFinite(tensor: "t", index: 2_000_001, value: -.infinity)) {
            try run(try source(values, [values.count]), as: .f16)
        }
    }

    @Test("shapes whose weights cannot be counted, and heads that do not divide the rows, are errors")
    func hostileShapes() throws {
        let empty = try #require(TensorShape([1 << 40, 0, 1 << 40]))
        let tensor = TensorSource(name: "t", storedType: .f32, shape: empty, parts: [ByteRegion([])])
        #expect(throws: QuantizationError.wrongImportanceCount(tensor: "t", found: 1, wanted: .max)) {
            try run(tensor, as: .q4_K, importance: [1])
        }
        var heads = try source(FixtureValues.pattern("normal", count: 256 * 6), [256, 6])
        for count in [0, -1, 2, 6, Int.max] {
            heads.rowOrder = .interleavedHalves(heads: count)
            #expect(throws: QuantizationError.wrongHeadCount(tensor: "t", rows: 6, heads: count)) { try run(heads, as: .q4_K) }
        }
    }

    @Test("stacked parts, regrouped heads and unaligned bytes are read as the plain tensor would be")
    func arrangements() throws {
        let values = FixtureValues.pattern("normal", count: 256 * 16)
        let stored = Self.stored(values)
        let wanted = try run(try source(values, [256, 16]), as: .q6_K)
        var tensor = try source(values, [256, 4, 4])
        let whole = ByteRegion(stored)
        tensor.parts = (0..<4).compactMap { whole.part($0 * 4096..<($0 + 1) * 4096) }
        #expect(try run(tensor, as: .q6_K) == wanted)
        tensor.parts = (0..<4).compactMap { part in
            let shifted: [UInt8] = [0] + stored[part * 4096..<(part + 1) * 4096]
            return ByteRegion(shifted).part(1..<4097)
        }
        #expect(try run(tensor, as: .q6_K) == wanted)

        var heads = try source(values, [256, 16])
        heads.rowOrder = .interleavedHalves(heads: 2)
        var regrouped: [Float] = []
        for row in 0..<16 {
            let first = heads.storedRow(row) * 256
            regrouped += values[first..<first + 256]
        }
        #expect(try run(heads, as: .q6_K) == run(try source(regrouped, [256, 16]), as: .q6_K))
        #expect(try run(heads, as: .f32) == Self.stored(regrouped))
    }

    @Test("each expert has importance of its own")
    func expertImportance() throws {
        let values = FixtureValues.pattern("normal", count: 256 * 6)
        let importance = try #require(FixtureValues.importance("even", columns: 768))
        let wanted: [UInt8] = (0..<3).flatMap { expert in
            RowCodec.reference.quantize(
                Array(values[expert * 512..<(expert + 1) * 512]), columns: 256, to: .q4_0,
                importance: Array(importance[expert * 256..<(expert + 1) * 256]))
        }
        #expect(try run(try source(values, [256, 2, 3]), as: .q4_0, importance: importance) == wanted)
        #expect(throws: QuantizationError.wrongImportanceCount(tensor: "t", found: 768, wanted: 512)) {
            try run(try source(values, [256, 3, 2]), as: .q4_0, importance: importance)
        }
    }

    @Test("NaN and infinity name tensor and element, the first of several", arguments: [TensorType.f32, .f16, .q4_K, .q8_0])
    func notFinite(type: TensorType) throws {
        var values = FixtureValues.pattern("normal", count: 256 * 700)
        values[100_003] = .infinity
        values[100_007] = .nan
        #expect(throws: QuantizationError.notFinite(tensor: "t", index: 100_003, value: .infinity)) {
            try run(threads: 3, try source(values, [256, 700]), as: type)
        }
    }

    @Test("values too large for the target are an error", arguments: [TensorType.f16, .q4_K, .q8_0, .q6_K, .q5_1])
    func overflow(type: TensorType) throws {
        var values = FixtureValues.pattern("normal", count: 256 * 4)
        values[512] = 3e8
        #expect(throws: QuantizationError.overflow(tensor: "t", type: type, firstElement: 512)) {
            try run(try source(values, [256, 4]), as: type)
        }
    }

    @Test("bytes that do not fit the shape, rows that do not fit the blocks, and types nobody converts are errors")
    func misfits() throws {
        let values = FixtureValues.pattern("normal", count: 512)
        #expect(throws: QuantizationError.wrongByteCount(tensor: "t", found: 2048, wanted: 3072)) {
            try run(try source(values, [256, 3]), as: .q4_K)
        }
        #expect(throws: QuantizationError.partialBlock(tensor: "t", columns: 128, type: .q4_K)) {
            try run(try source(values, [128, 4]), as: .q4_K)
        }
        #expect(throws: QuantizationError.unsupported(tensor: "t", type: .q8_K)) {
            try run(try source(values, [256, 2]), as: .q8_K)
        }
        #expect(throws: QuantizationError.importanceNeeded(tensor: "t", type: .iq1_s)) {
            try run(try source(values, [256, 2]), as: .iq1_s)
        }
        var integers = try source(values, [256, 2])
        integers.storedType = .i32
        #expect(throws: QuantizationError.unsupported(tensor: "t", type: .i32)) { try run(integers, as: .q4_K) }
        #expect(try run(integers, as: .i32) == Self.stored(values))
    }

    @Test("what the sink throws ends the stream, and nothing is handed out after")
    func sinkErrors() throws {
        struct Full: Error {}
        let values = FixtureValues.pattern("normal", count: 256 * 9000)
        var calls = 0
        let stream = TensorStream(pool: ThreadPool(threads: 2)) { _ in
            calls += 1
            throw Full()
        }
        let tensor = try source(values, [256, 9000])
        #expect(throws: Full.self) { try stream.append(tensor, as: .q8_0) }
        #expect(calls == 1)
    }
}
