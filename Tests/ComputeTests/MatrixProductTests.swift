// Products of every type on every table against double precision, and what must not change their bits.
import Bytes
import CKernels
import Compute
import Tensors
import Testing

private let quantized = WeightMatrix.supportedTypes.filter { $0.blockSize > 1 }
private let floats = WeightMatrix.supportedTypes.filter { $0.blockSize == 1 }

/// Widths around the block sizes of a type: one block, odd numbers of blocks, more than one pass of the panel path.
private func widths(_ type: TensorType) -> [Int] {
    switch type.blockSize {
    case 256: [256, 1280]
    case 32: [32, 96, 256, 608]
    case 64, 128: [128, 384, 640]
    default: [1, 16, 100, 300]
    }
}

@Suite struct MatrixProductTests {
    private let pool = ThreadPool(threads: 2)

    /// The part of `magnitude` by which sums of F32 products in any order may be off here; see Documentation/Kernels.md.
    private let summation = 4e-6

    @Test(arguments: WeightMatrix.supportedTypes, [(1, 1), (5, 2), (16, 3), (33, 4), (31, 5), (39, 13), (3, 40)])
    func productsAreWithinTheBoundOfTheirType(type: TensorType, extents: (rows: Int, tokens: Int)) throws {
        let (rows, tokens) = extents
        for columns in widths(type) {
            let sample = try WeightSample(type, rows: rows, columns: columns)
            let input = randomInput(tokens: tokens, columns: columns)
            let product = sample.product(with: input, tokens: tokens)
            for table in KernelTable.available() {
                let found = MatrixMultiplier(pool: pool, table: table).product(sample.matrix, input, tokens: tokens)
                let worst = found.indices.map { index in
                    let bound = product.rounding[index] * 1.001 + product.magnitude[index] * summation + 1e-12
                    return abs(Double(found[index]) - product.exact[index]) / bound
                }
                #expect(worst.allSatisfy { $0 <= 1 }, "\(table), \(columns) columns: \(worst.max() ?? 0)")
            }
        }
    }

    @Test(arguments: quantized, [(256, 1), (1024, 4), (2048, 5), (2048, 14)])
    func tablesAgreeWithTheScalarOne(type: TensorType, extents: (columns: Int, tokens: Int)) throws {
        let (columns, tokens) = extents
        let sample = try WeightSample(type, rows: 7, columns: columns)
        let input = randomInput(tokens: tokens, columns: columns)
        let magnitude = sample.product(with: input, tokens: tokens).magnitude
        let products = KernelTable.available().map {
            MatrixMultiplier(pool: pool, table: $0).product(sample.matrix, input, tokens: tokens)
        }
        let expected = try #require(products.first)
        for found in products {
            let worst = zip(zip(expected, found), magnitude).map { Double(abs($0.0 - $0.1)) / $1 }.max() ?? 0
            #expect(worst < summation)
        }
    }

    @Test(arguments: KernelTable.available(), WeightMatrix.supportedTypes)
    func theNumberOfThreadsChangesNoBit(table: KernelTable, type: TensorType) throws {
        let sample = try WeightSample(type, rows: 99, columns: 512)
        for tokens in [1, 14] {
            let input = randomInput(tokens: tokens, columns: 512)
            let expected = MatrixMultiplier(pool: ThreadPool(threads: 1), table: table)
                .product(sample.matrix, input, tokens: tokens).map(\.bitPattern)
            for threads in [2, 3, 5] {
                let found = MatrixMultiplier(pool: ThreadPool(threads: threads), table: table)
                    .product(sample.matrix, input, tokens: tokens).map(\.bitPattern)
                #expect(found == expected, "\(threads) threads, \(tokens) tokens")
            }
        }
    }

    @Test(arguments: KernelTable.available(), WeightMatrix.supportedTypes)
    func theSplitOfABatchChangesNoBitWithinAPath(table: KernelTable, type: TensorType) throws {
        let multiplier = MatrixMultiplier(pool: pool, table: table)
        let sample = try WeightSample(type, rows: 20, columns: 512)
        let input = randomInput(tokens: 26, columns: 512)
        for (whole, part) in [(4, 1), (4, 2), (3, 1), (26, 13)] {
            let expected = multiplier.product(sample.matrix, Array(input[..<(whole * 512)]), tokens: whole)
            var found: [Float] = []
            for first in stride(from: 0, to: whole, by: part) {
                found += multiplier.product(
                    sample.matrix, Array(input[(first * 512)..<((first + part) * 512)]), tokens: part)
            }
            #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(whole) tokens in parts of \(part)")
        }
    }

    @Test(arguments: KernelTable.available(), WeightMatrix.supportedTypes)
    func weightsMayLieAtAnyAddress(table: KernelTable, type: TensorType) throws {
        let multiplier = MatrixMultiplier(pool: pool, table: table)
        for tokens in [1, 14] {
            let input = randomInput(tokens: tokens, columns: 768)
            let expected = multiplier.product(
                try WeightSample(type, rows: 6, columns: 768).matrix, input, tokens: tokens)
            for offset in [1, 2, 31] {
                let sample = try WeightSample(type, rows: 6, columns: 768, offset: offset)
                #expect(multiplier.product(sample.matrix, input, tokens: tokens) == expected, "offset \(offset)")
            }
        }
    }

    @Test(arguments: KernelTable.available()) func matricesThatShareAnInputGiveTheirOwnProducts(table: KernelTable) throws {
        let multiplier = MatrixMultiplier(pool: pool, table: table)
        let samples = [
            try WeightSample(.q4_K, rows: 40, columns: 512), try WeightSample(.f16, rows: 9, columns: 512),
            try WeightSample(.q6_K, rows: 65, columns: 512),
        ]
        // With ten tokens F16 takes the row path where quantized types take the panels.
        for tokens in [1, 10, 20] {
            let input = randomInput(tokens: tokens, columns: 512)
            let outputs = samples.map { UnsafeMutablePointer<Float>.allocate(capacity: $0.rows * tokens) }
            defer { for output in outputs { output.deallocate() } }
            input.withUnsafeBufferPointer { buffer in
                guard let first = buffer.baseAddress else { return }
                multiplier.multiply(samples.map(\.matrix), input: first, tokens: tokens, outputs: outputs)
            }
            for (sample, output) in zip(samples, outputs) {
                let found = (0..<sample.rows * tokens).map { output[$0].bitPattern }
                #expect(found == multiplier.product(sample.matrix, input, tokens: tokens).map(\.bitPattern))
            }
        }
    }

    @Test(arguments: KernelTable.available(), WeightMatrix.supportedTypes)
    func activationsThatAreNotFiniteStaySo(table: KernelTable, type: TensorType) throws {
        let multiplier = MatrixMultiplier(pool: pool, table: table)
        let sample = try WeightSample(type, rows: 18, columns: 512)
        for (tokens, value) in [(1, Float.nan), (1, .infinity), (14, .nan)] {
            var input = randomInput(tokens: tokens, columns: 512)
            input[300] = value
            let found = multiplier.product(sample.matrix, input, tokens: tokens)
            #expect(found[..<18].allSatisfy { !$0.isFinite })
            #expect(found[18...].allSatisfy { $0.isFinite })
        }
    }

    @Test(arguments: KernelTable.available(), WeightMatrix.supportedTypes)
    func zerosAndTinyActivationsGiveNothing(table: KernelTable, type: TensorType) throws {
        let multiplier = MatrixMultiplier(pool: pool, table: table)
        let sample = try WeightSample(type, rows: 18, columns: 256)
        for tokens in [1, 14] {
            for value in [0, Float.leastNonzeroMagnitude, 1e-37] {
                let found = multiplier.product(
                    sample.matrix, [Float](repeating: value, count: tokens * 256), tokens: tokens)
                #expect(found.allSatisfy { abs($0) < 1e-30 })
            }
        }
    }

    @Test func stridesLeaveTheRestAlone() throws {
        let sample = try WeightSample(.q8_0, rows: 5, columns: 64)
        for table in KernelTable.available() {
            for tokens in [2, 9] {
                let input = randomInput(tokens: tokens, columns: 80)
                var output = [Float](repeating: -1, count: tokens * 7)
                let multiplier = MatrixMultiplier(pool: pool, table: table)
                output.withUnsafeMutableBufferPointer { output in
                    input.withUnsafeBufferPointer { input in
                        guard let target = output.baseAddress, let source = input.baseAddress else { return }
                        multiplier.multiply(
                            sample.matrix, input: source, inputStride: 80, tokens: tokens, output: target, outputStride: 7)
                    }
                }
                let tight = (0..<tokens).flatMap { input[($0 * 80)..<($0 * 80 + 64)] }
                let expected = multiplier.product(sample.matrix, tight, tokens: tokens)
                for token in 0..<tokens {
                    #expect(Array(output[(token * 7)..<(token * 7 + 5)]) == Array(expected[(token * 5)..<(token * 5 + 5)]))
                    #expect(output[token * 7 + 5] == -1 && output[token * 7 + 6] == -1)
                }
            }
        }
    }
}

@Suite struct WeightMatrixTests {
    @Test func partsAreRowsOfTheWhole() throws {
        let sample = try WeightSample(.q5_K, rows: 12, columns: 256)
        var row = [Float](repeating: 0, count: 256)
        row.withUnsafeMutableBufferPointer { buffer in
            guard let first = buffer.baseAddress else { return }
            sample.matrix.part(rows: 4..<9).expandRow(2, into: first)
        }
        #expect(row == Array(sample.values[(6 * 256)..<(7 * 256)]))
    }

    @Test func rowsAreGatheredInTheOrderAskedFor() throws {
        let sample = try WeightSample(.q4_0, rows: 6, columns: 32)
        var rows = [Float](repeating: 0, count: 96)
        let wanted: [Int32] = [5, 0, 5]
        rows.withUnsafeMutableBufferPointer { buffer in
            wanted.withUnsafeBufferPointer { indices in
                guard let first = buffer.baseAddress else { return }
                sample.matrix.gatherRows(indices, into: first)
            }
        }
        #expect(rows == Array(sample.values[160...] + sample.values[..<32] + sample.values[160...]))
    }

    @Test(arguments: quantized) func expandedRowsAreWhatTheQuantizersReadBack(type: TensorType) throws {
        let sample = try WeightSample(type, rows: 9, columns: 768)
        var values = [Float](repeating: .nan, count: 9 * 768)
        let known = sample.blocks.withUnsafeBytes { blocks in
            quern_quantize_table_for(QUERN_ISA_SCALAR)?.pointee.dequantize(type.rawValue, blocks.baseAddress, &values, values.count)
        }
        #expect(known == true)
        #expect(values == sample.values)
    }

    @Test func tensorsWithoutAKernelAreRefused() {
        #expect(throws: ComputeError.unsupportedType(.i8)) {
            try WeightMatrix(type: .i8, rows: 1, columns: 256, bytes: ByteRegion([UInt8](repeating: 0, count: 256)))
        }
    }

    @Test func rowsMustBeWholeBlocks() {
        #expect(throws: ComputeError.partialBlock(columns: 100, type: .q4_K)) {
            try WeightMatrix(type: .q4_K, rows: 1, columns: 100, bytes: ByteRegion([]))
        }
    }

    @Test(arguments: [0, 143, 145, 288]) func bytesMustHoldTheMatrixExactly(count: Int) {
        #expect(throws: ComputeError.wrongByteCount(found: count, rows: 1, columns: 256, type: .q4_K)) {
            try WeightMatrix(type: .q4_K, rows: 1, columns: 256, bytes: ByteRegion([UInt8](repeating: 0, count: count)))
        }
    }

    @Test func extentsThatOverflowAreRefused() {
        #expect(throws: ComputeError.self) {
            try WeightMatrix(type: .f32, rows: .max / 2, columns: 256, bytes: ByteRegion([]))
        }
    }
}
