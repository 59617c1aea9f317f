// Activations rounded to eight bits: the same bits on every table, and what they promise.
import CKernels
import Compute
import Testing

@Suite struct RoundingTests {
    /// Everything that rounding writes, as bits: the quants and the floats of each block.
    private func rounded(_ values: [Float], _ table: KernelTable) -> [[UInt32]] {
        let kernels = quern_matrix_kernels_for(table.instructionSet).pointee
        var blocks = [quern_activations](repeating: quern_activations(), count: (values.count + 255) / 256)
        kernels.round(values, values.count, &blocks)
        return blocks.map { block in
            withUnsafeBytes(of: block) { Array($0.bindMemory(to: UInt32.self)) }
        }
    }

    @Test(arguments: KernelTable.available(), [1, 31, 32, 33, 96, 256, 300, 1024])
    func everyTableGivesTheSameBits(table: KernelTable, count: Int) throws {
        let scalar = try #require(KernelTable.available().first)
        for seed in 1...8 {
            let values = randomInput(tokens: 1, columns: count, seed: seed)
            #expect(rounded(values, table) == rounded(values, scalar))
        }
    }

    @Test(arguments: KernelTable.available()) func tiesGoToTheEvenNeighbour(table: KernelTable) throws {
        // The largest is 127, so the scale is one and halves are ties.
        let values: [Float] = [127, 0.5, 1.5, 2.5, -0.5, -1.5, -126.5]
        let block = try #require(rounded(values, table).first)
        let quants = withUnsafeBytes(of: (block[0], block[1])) { Array($0.bindMemory(to: Int8.self)) }
        #expect(quants == [127, 0, 2, 2, 0, -2, -126, 0])
    }

    @Test(arguments: KernelTable.available(), [Float.nan, .infinity, -.infinity])
    func aBlockThatIsNotFiniteHasNoScale(table: KernelTable, value: Float) throws {
        var values = randomInput(tokens: 1, columns: 256)
        values[40] = value
        let block = try #require(rounded(values, table).first)
        // 64 words of quants, then eight scales.
        let scales = block[64..<72].map(Float.init(bitPattern:))
        #expect(scales[1].isNaN)
        #expect(scales.enumerated().allSatisfy { $0.offset == 1 || $0.element.isFinite })
    }
}
