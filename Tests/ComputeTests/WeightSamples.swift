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
    /// The blocks of all rows.
    let blocks: [UInt8]
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
        blocks = Array(bytes[offset...])
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
        // The scale is a power of two here.
        case .mxfp4: bytes[0] = 118 + bytes[0] % 6
        // The common scale is a half in the highest four bits of four words.
        case .iq1_m:
            let bits = Float16(noise.unit() * 0.05).bitPattern
            for word in 0..<4 {
                bytes[49 + 2 * word] = bytes[49 + 2 * word] & 15 | UInt8(truncatingIfNeeded: bits >> (4 * word)) << 4
            }
        // Its scales are small floats, which may be of any size.
        case .nvfp4: break
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
        case .tq1_0: [52]
        case .tq2_0: [64]
        default: [0]
        }
    }

    /// A product in double precision and what bounds the error of one, each (tokens, rows).
    struct Product {
        var exact: [Double] = []
        /// The sum of the magnitudes of all terms.
        var magnitude: [Double] = []
        /// What rounding the activations to eight bits can change: half a step for each; zero where they are not rounded.
        var rounding: [Double] = []
    }

    func product(with input: [Float], tokens: Int) -> Product {
        var product = Product()
        values.withUnsafeBufferPointer { values in
            input.withUnsafeBufferPointer { input in
                for token in 0..<tokens {
                    let activations = UnsafeBufferPointer(rebasing: input[(token * columns)..<((token + 1) * columns)])
                    for row in 0..<rows {
                        add(
                            UnsafeBufferPointer(rebasing: values[(row * columns)..<((row + 1) * columns)]), activations,
                            to: &product)
                    }
                }
            }
        }
        return product
    }

    /// Adds one element. A block of 32 columns at a time, since that is what shares a step.
    private func add(_ weights: UnsafeBufferPointer<Float>, _ input: UnsafeBufferPointer<Float>, to product: inout Product) {
        var (exact, magnitude, rounding) = (0.0, 0.0, 0.0)
        var first = 0
        while first < columns {
            var (size, largest) = (0.0, 0.0)
            var column = first
            while column < min(first + 32, columns) {
                let (weight, activation) = (Double(weights[column]), Double(input[column]))
                exact += weight * activation
                magnitude += abs(weight * activation)
                size += abs(weight)
                largest = max(largest, abs(activation))
                column += 1
            }
            rounding += size * largest / 254
            first += 32
        }
        product.exact.append(exact)
        product.magnitude.append(magnitude)
        product.rounding.append(type.blockSize > 1 ? rounding : 0)
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
