import Bytes
import GGUF
import Quantization
import Tensors
import Testing

/// Importance matrices before division: both formats there and back, and merging.
@Suite struct ImportanceSumsTests {
    private func example(chunkSize: Int = 4) -> ImportanceSums {
        var sums = ImportanceSums(chunkSize: chunkSize)
        sums.entries["blk.0.attn_q.weight"] = .init(sums: [8, 16, 24], counts: [8])
        sums.entries["blk.0.ffn_up_exps.weight"] = .init(sums: [2, 4, 0, 0], counts: [2, 0])
        sums.datasets = ["a.txt"]
        sums.countChunks()
        return sums
    }

    @Test func `the GGUF format reads back as it was`() throws {
        let sums = example()
        #expect(sums.chunkCount == 2)
        let read = try ImportanceSums(ByteRegion(sums.ggufBytes()), file: "m.gguf")
        #expect(read == sums)
        #expect(read.partial == ["blk.0.ffn_up_exps.weight"])
    }

    @Test func `the GGUF file is laid out as llama-imatrix does it`() throws {
        let file = try GGUFFile(ByteRegion(example().ggufBytes()), name: "m.gguf")
        #expect(file.metadata.keys == ["general.type", "imatrix.datasets", "imatrix.chunk_count", "imatrix.chunk_size"])
        #expect(
            file.tensors.map(\.name) == [
                "blk.0.attn_q.weight.in_sum2", "blk.0.attn_q.weight.counts", "blk.0.ffn_up_exps.weight.in_sum2",
                "blk.0.ffn_up_exps.weight.counts",
            ])
        #expect(file.tensors.map(\.shape.dimensions) == [[3], [1], [2, 2], [1, 2]])
    }

    @Test func `the old format keeps the means, and leaves experts without tokens even`() throws {
        let read = try ImportanceSums(ByteRegion(example().legacyBytes()), file: "m.dat")
        // Two calls of four tokens: means are 1, 2, 3; the experts' 1, 2 and nothing.
        #expect(read.entries["blk.0.attn_q.weight"] == .init(sums: [2, 4, 6], counts: [2]))
        #expect(read.entries["blk.0.ffn_up_exps.weight"] == .init(sums: [1, 2, 1, 1], counts: [1]))
        #expect(read.datasets == ["a.txt"])
        #expect(read.chunkCount == 2)
    }

    @Test func `merging adds sums, counts and texts`() throws {
        var merged = ImportanceSums(chunkSize: 4)
        try merged.add(example(), file: "a")
        try merged.add(example(), file: "b")
        #expect(merged.entries["blk.0.attn_q.weight"] == .init(sums: [16, 32, 48], counts: [16]))
        #expect(merged.datasets == ["a.txt", "a.txt"])
        #expect(merged.chunkCount == 4)
    }

    @Test func `merging both formats weighs chunks alike`() throws {
        let old = try ImportanceSums(ByteRegion(example().legacyBytes()), file: "m.dat")
        var merged = ImportanceSums(chunkSize: 4)
        try merged.add(old, file: "m.dat")
        #expect(merged.entries["blk.0.attn_q.weight"] == example().entries["blk.0.attn_q.weight"])
        try merged.add(example(), file: "m.gguf")
        // One count of the old format stands for each expert.
        #expect(merged.entries["blk.0.ffn_up_exps.weight"]?.counts == [6, 4])
    }

    @Test func `matrices of different models do not merge`() throws {
        var other = ImportanceSums(chunkSize: 4)
        other.entries["blk.0.attn_q.weight"] = .init(sums: [1, 2], counts: [1])
        var merged = example()
        #expect(throws: QuantizationError.self) { try merged.add(other, file: "other") }
    }

    @Test(arguments: [Float.nan, .infinity, 1e30])
    func `a count that is no number of tokens is an error`(count: Float) throws {
        var sums = ImportanceSums(chunkSize: 4)
        sums.entries["t"] = .init(sums: [1], counts: [1])
        var bytes = try sums.ggufBytes()
        // The last tensor is the count, alone in its alignment.
        withUnsafeBytes(of: count.bitPattern.littleEndian) { bytes.replaceSubrange(bytes.count - 32..<bytes.count - 28, with: $0) }
        #expect(throws: QuantizationError.self) { try ImportanceSums(ByteRegion(bytes), file: "m") }
    }

    @Test func `figures of a tensor are those of its means`() throws {
        let figures = try #require(example().statistics().first { $0.tensor == "blk.0.attn_q.weight" })
        #expect(figures.total == 6)
        #expect(figures.mean == 2)
        #expect((figures.minimum, figures.maximum) == (1, 3))
        #expect(abs(figures.deviation - (2.0 / 3).squareRoot()) < 1e-12)
        #expect(abs(figures.entropy - 1.459_147_917_027_245) < 1e-12)
        #expect(figures.outlierShare == 1.0 / 3)
        #expect(figures.similarity == nil)
        let experts = try #require(example().statistics().first { $0.matrixCount == 2 })
        #expect((experts.count, experts.seenCount) == (2, 1))
    }
}
