import Bytes
import GGUF
import Quantization
import Tensors
import TestSupport
import Testing

@Suite struct ImportanceMatrixTests {
    /// An entry of the `.dat` format.
    private func entry(_ name: String, calls: Int32, _ values: [Float]) -> [UInt8] {
        bytes(Int32(name.utf8.count)) + Array(name.utf8) + bytes(calls) + bytes(Int32(values.count))
            + values.flatMap { bytes($0.bitPattern) }
    }

    private func read(_ content: [UInt8]) throws -> ImportanceMatrix {
        try ImportanceMatrix(ByteRegion(content), file: "test.dat")
    }

    @Test("the old format is read, with and without what follows the entries")
    func legacy() throws {
        let entries = bytes(Int32(2)) + entry("a.weight", calls: 4, [4, 8]) + entry("b.weight", calls: 0, [3])
        let shape = try #require(TensorShape([2, 5]))
        let plain = try read(entries)
        #expect(try plain.weights(for: "a.weight", shape: shape) == [1, 2])
        #expect(try plain.weights(for: "c.weight", shape: shape) == nil)
        #expect(plain.chunkCount == 0 && plain.datasets.isEmpty && plain.count == 2)
        let named = try read(entries + bytes(Int32(17)) + bytes(Int32(4)) + Array("text".utf8))
        #expect(named.chunkCount == 17 && named.datasets == ["text"])
    }

    @Test("sums are divided by the tokens each expert saw; one that saw none weighs all columns alike")
    func experts() throws {
        let model = try #require(FixtureModel.all.first { $0.name == "few experts" })
        let matrix = try ImportanceMatrix(try model.importanceMatrix(), file: "m.gguf")
        let shape = try #require(TensorShape([256, 2, 4]))
        let weights = try #require(try matrix.weights(for: "blk.0.ffn_down_exps.weight", shape: shape))
        #expect(weights.count == 1024 && weights[256..<512].allSatisfy { $0 == 1 })
        #expect(weights[0..<256].contains { $0 != 1 })
        #expect(matrix.unseen.contains("blk.0.ffn_down_exps.weight"))
        #expect(matrix.datasets == ["fixture.txt"] && matrix.chunkCount == 3)
    }

    @Test("the matrix of another model is an error, but for embeddings, which never fit")
    func anotherModel() throws {
        let matrix = try read(
            bytes(Int32(2)) + entry("blk.0.attn_q.weight", calls: 1, [1]) + entry("token_embd.weight", calls: 1, [1]))
        let shape = try #require(TensorShape([2, 5]))
        #expect(throws: QuantizationError.wrongImportanceCount(tensor: "blk.0.attn_q.weight", found: 1, wanted: 2)) {
            try matrix.weights(for: "blk.0.attn_q.weight", shape: shape)
        }
        #expect(try matrix.weights(for: "token_embd.weight", shape: shape) == nil)
    }

    @Test("broken matrices are refused: counts near the limits, ends in the middle, weights that are no numbers")
    func broken() throws {
        let whole = bytes(Int32(1)) + entry("a.weight", calls: 4, [4, 8])
        for length in 0..<whole.count {
            #expect(throws: QuantizationError.self) { try read(Array(whole.prefix(length))) }
        }
        for content in [
            bytes(Int32.max) + entry("a", calls: 1, [1]), bytes(Int32(-1)), bytes(Int32(1)) + bytes(Int32.max),
            bytes(Int32(1)) + bytes(Int32(-5)), bytes(Int32(1)) + bytes(Int32(1)) + [65] + bytes(Int32(1)) + bytes(Int32.max),
            bytes(Int32(1)) + bytes(Int32(1)) + [65] + bytes(Int32(1)) + bytes(Int32(-1)),
            bytes(Int32(1)) + entry("a", calls: 1, [.nan]), bytes(Int32(1)) + entry("a", calls: 1, [.infinity]),
        ] {
            #expect(throws: QuantizationError.self) { try read(content) }
        }
    }

    @Test("a GGUF matrix needs its metadata, both tensors of each name, and counts that divide the sums")
    func brokenGGUF() throws {
        let shape = TensorShape(vector: 2)
        let one = (Float(1).bitPattern, Float(2).bitPattern)
        let two = bytes(one.0) + bytes(one.1)
        var metadata = GGUFMetadata()
        func matrix(_ tensors: [(String, TensorType, TensorShape, [UInt8])]) throws -> ImportanceMatrix {
            try read(try FixtureModel.assemble(metadata, tensors))
        }
        let sums = ("a.weight.in_sum2", TensorType.f32, shape, two)
        #expect(throws: QuantizationError.self) {
            try matrix([sums, ("a.weight.counts", .f32, TensorShape(vector: 1), bytes(one.0))])
        }
        metadata["imatrix.datasets"] = .array(.string(GGUFStrings(["x"])))
        metadata["imatrix.chunk_count"] = .uint32(1)
        metadata["imatrix.chunk_size"] = .uint32(1)
        #expect(throws: Never.self) { try matrix([sums, ("a.weight.counts", .f32, TensorShape(vector: 1), bytes(one.0))]) }
        #expect(throws: QuantizationError.self) { try matrix([sums]) }
        #expect(throws: QuantizationError.self) { try matrix([("a.weight.counts", .f32, TensorShape(vector: 1), bytes(one.0))]) }
        #expect(throws: QuantizationError.self) { try matrix([]) }
        #expect(throws: QuantizationError.self) {
            try matrix([sums, ("a.weight.counts", .f32, TensorShape(vector: 3), two + two.prefix(4))])
        }
        #expect(throws: QuantizationError.self) { try matrix([sums, ("a.weight.counts", .f32, TensorShape(vector: 0), [])]) }
        #expect(throws: QuantizationError.self) {
            try matrix([sums, ("a.weight.counts", .i32, TensorShape(vector: 1), bytes(one.0))])
        }
    }

    @Test("metadata tells what was done, and forgets shards")
    func metadata() throws {
        var metadata = GGUFMetadata()
        metadata[GGUFKey.fileType] = .uint32(1)
        metadata[GGUFKey.name] = .string("x")
        metadata[GGUFKey.splitCount] = .uint16(2)
        let matrix = try ImportanceMatrix(
            ByteRegion(bytes(Int32(1)) + entry("a", calls: 1, [1])), file: String(repeating: "p", count: 200))
        let result = metadata.quantized(to: .q4_K_M, importance: matrix)
        #expect(
            result.keys == [
                GGUFKey.name, GGUFKey.quantizationVersion, GGUFKey.fileType, "quantize.imatrix.file",
                "quantize.imatrix.entries_count",
            ])
        #expect(result.int(GGUFKey.fileType) == 15 && result.int(GGUFKey.quantizationVersion) == 2)
        #expect(result.string("quantize.imatrix.file") == String(repeating: "p", count: 127))
    }
}
