import CKernels
import Compute
import Foundation
import Testing

/// The kernels that Gemma and mixtures of experts need, of each instruction set, against arithmetic in double precision.
@Suite struct BoundingKernelTests {
    static let tables = KernelTable.available()

    private func kernels(_ table: KernelTable) -> quern_vector_table { quern_vector_kernels(table.instructionSet).pointee }

    private func numbers(_ count: Int, seed: Int, scale: Float) -> [Float] {
        (0..<count).map { Float((($0 &* 7919 &+ seed &* 104_729) % 2003) - 1001) / 1001 * scale }
    }

    @Test(arguments: tables) func `scaled sums`(table: KernelTable) {
        for count in 1...40 {
            let x = numbers(count, seed: 1, scale: 20)
            let y = numbers(count, seed: 2, scale: 2)
            var sum = x
            kernels(table).add_scaled(&sum, y, 0.3, Int64(count))
            for (found, pair) in zip(sum, zip(x, y)) {
                #expect(abs(Double(found) - (Double(pair.0) + Double(pair.1) * Double(Float(0.3)))) < 2e-6)
            }
            var scaled = x
            kernels(table).scale(&scaled, 1.7, Int64(count))
            #expect(scaled == x.map { $0 * 1.7 })
        }
    }

    @Test(arguments: tables) func `soft caps keep small numbers and bound large ones`(table: KernelTable) {
        for count in 1...40 {
            for scale: Float in [1e-4, 1, 10, 1000] {
                let x = numbers(count, seed: 3, scale: scale)
                var found = x
                kernels(table).soft_cap(&found, 5, Int64(count))
                for (found, x) in zip(found, x) {
                    let wanted = 5 * tanh(Double(x) / 5)
                    #expect(abs(Double(found) - wanted) <= 1e-6 * abs(wanted), "\(x)")
                }
            }
        }
        var extremes: [Float] = [-.infinity, -0.0, .infinity, .nan]
        kernels(table).soft_cap(&extremes, 30, 4)
        #expect(extremes[..<3] == [-30, 0, 30] && extremes[3].isNaN)
    }

    @Test(arguments: tables) func `gates through GELU`(table: KernelTable) {
        for count in 1...40 {
            for scale: Float in [0.01, 3, 50] {
                let (x, y) = (numbers(count, seed: 4, scale: scale), numbers(count, seed: 5, scale: 2))
                var found = x
                kernels(table).gelu_multiply(&found, y, Int64(count))
                for (found, pair) in zip(found, zip(x, y)) {
                    let x = Double(pair.0)
                    let wanted = 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) * Double(pair.1)
                    #expect(abs(Double(found) - wanted) <= 2e-6 * max(abs(wanted), 1e-3), "\(x)")
                }
            }
        }
    }

    @Test(arguments: tables) func `attention bounds its scores`(table: KernelTable) {
        let (size, positions) = (8, 70)
        let kernels = kernels(table).cache.1
        var keys = [Float](repeating: 0, count: 128 * size)
        var values = keys
        let rows = (0..<positions).map { numbers(size, seed: 10 + $0, scale: 3) }
        for (position, row) in rows.enumerated() {
            kernels.store_key(&keys, Int64(position), row, Int32(size))
            kernels.store_value(&values, Int64(position), row.reversed(), Int32(size))
        }
        let query = numbers(size, seed: 9, scale: 3)
        var out = [Float](repeating: 0, count: size)
        var scratch = [Float](repeating: 0, count: Int(QUERN_ATTENTION_ROWS) * (2 * 512 + 64 + 2))
        query.withUnsafeBufferPointer { query in
            out.withUnsafeMutableBufferPointer { out in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    keys.withUnsafeBytes { keys in
                        values.withUnsafeBytes { values in
                            var job = quern_attention()
                            (job.queries, job.keys, job.values) = (query.baseAddress, keys.baseAddress, values.baseAddress)
                            (job.out, job.scratch) = (out.baseAddress, scratch.baseAddress)
                            (job.tokens, job.group, job.first) = (1, 1, Int32(positions - 1))
                            (job.key_size, job.value_size) = (Int32(size), Int32(size))
                            (job.scale, job.soft_cap) = (0.5, 2)
                            kernels.attend(&job)
                        }
                    }
                }
            }
        }
        let weights = rows.map { row in
            exp(2 * tanh(zip(query, row).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } * 0.5 / 2))
        }
        for component in 0..<size {
            let sum = zip(weights, rows).reduce(0.0) { $0 + $1.0 * Double($1.1[size - 1 - component]) }
            #expect(abs(Double(out[component]) - sum / weights.reduce(0, +)) < 2e-6)
        }
    }
}
