import CKernels
import Compute
import Foundation
import Testing

/// The vector kernels of each instruction set against plain arithmetic in double precision, at every length round the vectors'.
@Suite(.serialized) struct VectorKernelTests {
    static let tables = KernelTable.available()

    private func kernels(_ table: KernelTable) -> quern_vector_table { quern_vector_kernels(table.instructionSet).pointee }

    private func numbers(_ count: Int, seed: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { Float((($0 &* 7919 &+ seed &* 104_729) % 2003) - 1001) / 1001 * scale }
    }

    private func expectClose(_ found: [Float], _ wanted: [Double], within bound: Double = 1e-6, _ note: String = "") {
        for (index, pair) in zip(found, wanted).enumerated() {
            let error = abs(Double(pair.0) - pair.1)
            #expect(error <= bound * max(1, abs(pair.1)), "element \(index) of \(found.count) \(note)")
        }
    }

    @Test(arguments: tables) func `rms norm`(table: KernelTable) {
        for count in Array(1...70) + [257, 2048] {
            let x = numbers(count, seed: 1, scale: 3)
            let weight = numbers(count, seed: 2)
            var out = [Float](repeating: 0, count: count)
            kernels(table).rms_norm(&out, x, weight, Int64(count), 1e-5)
            let square = x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
            expectClose(out, zip(x, weight).map { Double($0) / (square + 1e-5).squareRoot() * Double($1) })
        }
    }

    @Test(arguments: tables) func `layer norm`(table: KernelTable) {
        for count in Array(1...70) + [257, 2048] {
            // Far from zero, where a variance from squares alone would lose its digits.
            let x = numbers(count, seed: 1, scale: 3).map { $0 + 100 }
            let (weight, bias) = (numbers(count, seed: 2), numbers(count, seed: 3))
            var out = [Float](repeating: 0, count: count)
            kernels(table).layer_norm(&out, x, weight, bias, Int64(count), 1e-5)
            let mean = x.reduce(0.0) { $0 + Double($1) } / Double(count)
            let variance = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
            let scale = 1 / (variance + 1e-5).squareRoot()
            let wanted = x.indices.map { (Double(x[$0]) - mean) * scale * Double(weight[$0]) + Double(bias[$0]) }
            expectClose(out, wanted, within: count == 1 ? 1e-2 : 2e-5)
            var same = x
            kernels(table).layer_norm(&same, same, weight, bias, Int64(count), 1e-5)
            #expect(same == out)
        }
    }

    @Test(arguments: tables) func `gelu is x times the normal distribution's function`(table: KernelTable) {
        for count in Array(1...40) + [2003] {
            let x = numbers(count, seed: 8, scale: 8)
            var out = x
            kernels(table).gelu(&out, Int64(count))
            expectClose(out, x.map { Double($0) * 0.5 * erfc(-Double($0) / 2.0.squareRoot()) }, within: 1e-6)
        }
        var extremes: [Float] = [-1000, -15, 0, 15, 1000, .infinity]
        kernels(table).gelu(&extremes, 6)
        #expect(abs(extremes[0]) < 1e-30 && abs(extremes[1]) < 1e-30 && extremes[2...] == [0, 15, 1000, .infinity])
        var undefined: [Float] = [.nan]
        kernels(table).gelu(&undefined, 1)
        #expect(undefined[0].isNaN)
    }

    @Test(arguments: tables) func `rotations turn pairs`(table: KernelTable) {
        for count in stride(from: 2, through: 72, by: 2) {
            let x = numbers(count, seed: 3)
            let angles = numbers(count / 2, seed: 4, scale: 6)
            for neighbours in [true, false] {
                func pair(_ index: Int) -> (Int, Int) {
                    neighbours ? (2 * index, 2 * index + 1) : (index, index + count / 2)
                }
                var (cosines, sines, found) = (x, x, x)
                var wanted = x.map(Double.init)
                for (index, angle) in angles.enumerated() {
                    let (a, b) = pair(index)
                    (cosines[a], cosines[b]) = (cos(angle), cos(angle))
                    (sines[a], sines[b]) = (-sin(angle), sin(angle))
                    wanted[a] = Double(x[a]) * cos(Double(angle)) - Double(x[b]) * sin(Double(angle))
                    wanted[b] = Double(x[b]) * cos(Double(angle)) + Double(x[a]) * sin(Double(angle))
                }
                if neighbours {
                    kernels(table).rotate_neighbours(&found, cosines, sines, Int64(count))
                } else {
                    kernels(table).rotate_halves(&found, cosines, sines, Int64(count))
                }
                expectClose(found, wanted)
            }
        }
    }

    @Test(arguments: tables) func `sums and gated activations`(table: KernelTable) {
        for count in 1...40 {
            let x = numbers(count, seed: 5, scale: 20)
            let y = numbers(count, seed: 6, scale: 2)
            var sum = x
            kernels(table).add(&sum, y, Int64(count))
            #expect(sum == zip(x, y).map { $0 + $1 })
            var gated = x
            kernels(table).silu_multiply(&gated, y, Int64(count))
            expectClose(gated, zip(x, y).map { Double($0) / (1 + exp(-Double($0))) * Double($1) })
        }
        var extremes: [Float] = [-1000, -90, 0, 90, 1000, .infinity]
        kernels(table).silu_multiply(&extremes, [1, 1, 1, 1, 1, 1], 6)
        #expect(abs(extremes[0]) < 1e-30 && abs(extremes[1]) < 1e-30 && extremes[2...] == [0, 90, 1000, .infinity])
        var undefined: [Float] = [.nan]
        kernels(table).silu_multiply(&undefined, [1], 1)
        #expect(undefined[0].isNaN)
    }

    @Test(arguments: tables) func `what is not finite is found at every place`(table: KernelTable) {
        for count in [1, 7, 16, 33] {
            var x = numbers(count, seed: 7, scale: 1e38)
            #expect(kernels(table).all_finite(x, Int64(count)))
            for place in 0..<count {
                for value in [Float.nan, .infinity, -.infinity] {
                    let kept = x[place]
                    x[place] = value
                    #expect(!kernels(table).all_finite(x, Int64(count)))
                    x[place] = kept
                }
            }
        }
    }
}
