import Quantization
import Tensors
import Testing

/// Every table against the scalar one, bit by bit.
@Suite struct InstructionSetTests {
    @Test("every instruction set gives the bits of the scalar reference", arguments: RowDigestTests.types)
    func sameBits(type: TensorType) {
        let block = max(type.blockSize, 32)
        for codec in RowCodec.available where codec.name != "scalar" {
            // Around the number of blocks that ride side by side: 8 and 16.
            for (rows, blocks) in [(1, 1), (1, 7), (1, 8), (1, 9), (1, 15), (1, 17), (3, 3), (17, 1), (2, 33)] {
                let columns = block * blocks
                for pattern in ["normal", "wide", "outliers", "uneven blocks", "nearly constant"] {
                    let values = FixtureValues.pattern(pattern, count: rows * columns)
                    for kind in FixtureValues.importances where kind != "none" || !RowCodec.needsImportance(type) {
                        let importance = FixtureValues.importance(kind, columns: columns)
                        let wanted = RowCodec.reference.quantize(values, columns: columns, to: type, importance: importance)
                        let found = codec.quantize(values, columns: columns, to: type, importance: importance)
                        #expect(found == wanted, "\(codec.name), \(rows)x\(columns), \(pattern), \(kind)")
                    }
                }
            }
        }
    }

    @Test("every instruction set reads blocks alike", arguments: RowDigestTests.types)
    func sameValues(type: TensorType) {
        var random = Xorshift(77)
        // Any bytes are blocks of something; NaN scales are told apart by their bits.
        let bytes = (0..<type.blockByteCount * 37).map { _ in UInt8(truncatingIfNeeded: random.next() >> 11) }
        let wanted = RowCodec.reference.dequantize(bytes, of: type).map { $0.isNaN ? 0 : $0.bitPattern }
        for codec in RowCodec.available {
            #expect(codec.dequantize(bytes, of: type).map { $0.isNaN ? 0 : $0.bitPattern } == wanted, "\(codec.name)")
        }
    }

    @Test("there and back again stays within the type's resolution", arguments: RowDigestTests.types)
    func roundTrip(type: TensorType) {
        let values = FixtureValues.pattern("normal")
        let importance = RowCodec.needsImportance(type) ? FixtureValues.importance("even") : nil
        let blocks = RowCodec.selected.quantize(values, columns: FixtureValues.columns, to: type, importance: importance)
        let back = RowCodec.selected.dequantize(blocks, of: type)
        let bits = Double(type.blockByteCount * 8) / Double(type.blockSize)
        let error = zip(values, back).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        let power = values.reduce(0) { $0 + Double($1 * $1) }
        // A bit is worth 6 dB; the types keep within 11 dB of that line, and none is much better than it.
        let decibels = -10 * Float(error / power).logarithm10
        #expect(decibels > Float(6 * min(bits, 11) - 11), "\(type.name): \(decibels) dB")
    }

    @Test("16-bit values survive the way through single precision", arguments: [TensorType.f16, .bf16])
    func exhaustive16Bits(type: TensorType) {
        let all = (0...UInt16.max).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let values = RowCodec.selected.dequantize(all, of: type)
        let back = RowCodec.selected.quantize(values, columns: values.count, to: type)
        for (index, value) in values.enumerated() {
            let bits = UInt16(back[2 * index]) | UInt16(back[2 * index + 1]) << 8
            if value.isNaN {
                let decoded = RowCodec.selected.dequantize(Array(back[2 * index..<2 * index + 2]), of: type)
                #expect(decoded[0].isNaN)
            } else if bits != UInt16(index) {
                Issue.record("\(index) became \(bits)")
            }
        }
    }
}

extension Float {
    /// The decimal logarithm, to about three digits; enough to compare decibels.
    fileprivate var logarithm10: Float {
        let mantissa = significand - 1
        return (Float(exponent) + mantissa * (1.4425 - mantissa * (0.7210 - mantissa * 0.2785))) * 0.30103
    }
}
