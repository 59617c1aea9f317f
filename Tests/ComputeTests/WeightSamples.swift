// Random matrices of every type, and what their products are in double precision.
import Bytes
import Compute
import Tensors
import Testing

/// A small generator, so that every run sees the same numbers.
struct Noise {
    private var state: UInt64
    init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func bits() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// Uniform in -1...1.
    mutating func unit() -> Float { Float(Int64(bitPattern: bits()) >> 40) / Float(1 << 23) }
}

/// Random weights in a file's layout: any bits in the quants and packed scales, moderate block scales.
struct WeightSample {
    let type: TensorType
    let rows: Int
    let columns: Int
    let matrix: WeightMatrix
    /// (rows, columns), as the format defines them.
    let values: [Float]

    /// - Parameter offset: bytes between an aligned address and the first row.
    init(_ type: TensorType, rows: Int, columns: Int, offset: Int = 0, seed: Int = 1) throws {
        var noise = Noise(seed &+ Int(type.rawValue) &* 1000 &+ rows &* 77 &+ columns)
        var bytes = [UInt8](repeating: 0xFF, count: offset)
        for _ in 0..<(rows * columns / type.blockSize) { bytes += Self.block(type, &noise) }
        let region = try #require(ByteRegion(bytes).part(offset..<bytes.count))
        let matrix = try WeightMatrix(type: type, rows: rows, columns: columns, bytes: region)
        (self.type, self.rows, self.columns, self.matrix) = (type, rows, columns, matrix)
        var values = [Float](repeating: 0, count: rows * columns)
        values.withUnsafeMutableBufferPointer { buffer in
            guard let first = buffer.baseAddress else { return }
            for row in 0..<rows { matrix.expandRow(row, into: first + row * columns) }
        }
        self.values = values
    }

    private static func block(_ type: TensorType, _ noise: inout Noise) -> [UInt8] {
        var bytes = (0..<type.blockByteCount).map { _ in UInt8(truncatingIfNeeded: noise.bits() >> 32) }
        func put(_ bits: UInt16, at offset: Int) {
            bytes[offset] = UInt8(truncatingIfNeeded: bits)
            bytes[offset + 1] = UInt8(truncatingIfNeeded: bits >> 8)
        }
        switch type {
        case .f32:
            let bits = noise.unit().bitPattern
            put(UInt16(truncatingIfNeeded: bits), at: 0)
            put(UInt16(truncatingIfNeeded: bits >> 16), at: 2)
        case .bf16: put(UInt16(truncatingIfNeeded: noise.unit().bitPattern >> 16), at: 0)
        default:
            for offset in halfOffsets(type) { put(Float16(noise.unit() * 0.05).bitPattern, at: offset) }
        }
        return bytes
    }

    /// Where a block of the type holds half-precision scales.
    private static func halfOffsets(_ type: TensorType) -> [Int] {
        switch type {
        case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
        case .q2_K: [80, 82]
        case .q3_K: [108]
        case .q6_K: [208]
        default: [0]
        }
    }

    /// Elements of the product in double precision, and for each the sum of magnitudes that bounds its error.
    func product(with input: [Float], tokens: Int) -> (exact: [Double], magnitude: [Double]) {
        var exact: [Double] = []
        var magnitude: [Double] = []
        for token in 0..<tokens {
            for row in 0..<rows {
                var (sum, size) = (0.0, 0.0)
                for column in 0..<columns {
                    let term = Double(values[row * columns + column]) * Double(input[token * columns + column])
                    sum += term
                    size += abs(term)
                }
                exact.append(sum)
                magnitude.append(size)
            }
        }
        return (exact, magnitude)
    }

    /// Bound of what rounding the activations to eight bits can change: half a step per activation.
    func roundingBound(with input: [Float], tokens: Int) -> [Double] {
        var bounds: [Double] = []
        for token in 0..<tokens {
            for row in 0..<rows {
                var bound = 0.0
                for first in stride(from: 0, to: columns, by: 32) {
                    let step = (first..<first + 32).map { abs(Double(input[token * columns + $0])) }.max() ?? 0
                    bound += (first..<first + 32).reduce(0) { $0 + abs(Double(values[row * columns + $1])) } * step / 254
                }
                bounds.append(bound)
            }
        }
        return bounds
    }
}

func randomInput(tokens: Int, columns: Int, seed: Int = 7) -> [Float] {
    var noise = Noise(seed)
    return (0..<tokens * columns).map { _ in noise.unit() * 2 }
}

extension MatrixMultiplier {
    /// The product as an array, (tokens, rows).
    func product(_ matrix: WeightMatrix, _ input: [Float], tokens: Int) -> [Float] {
        var output = [Float](repeating: .nan, count: tokens * matrix.rows)
        output.withUnsafeMutableBufferPointer { output in
            input.withUnsafeBufferPointer { input in
                guard let target = output.baseAddress, let source = input.baseAddress else { return }
                multiply(matrix, input: source, tokens: tokens, output: target)
            }
        }
        return output
    }
}
