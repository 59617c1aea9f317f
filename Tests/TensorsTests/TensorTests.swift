import Bytes
import Tensors
import Testing

@Suite struct Shapes {
    @Test func countElements() throws {
        let shape = try #require(TensorShape([4, 3, 2]))
        #expect(shape.elementCount == 24 && shape.columns == 4 && shape.rows == 6)
        #expect(shape.outermostFirst == [2, 3, 4] && shape.description == "[4, 3, 2]")
    }

    @Test func refuseWhatCannotBe() {
        #expect(TensorShape([]) == nil)
        #expect(TensorShape([1, 1, 1, 1, 1]) == nil)
        #expect(TensorShape([-1]) == nil)
        #expect(TensorShape([Int.max, 2]) == nil)
        #expect(TensorShape([0, 5])?.rows == 0)
    }
}

@Suite struct Types {
    // Bits per weight as the formats are known for.
    @Test(arguments: [
        ("Q4_0", 4.5), ("Q8_0", 8.5), ("Q2_K", 2.625), ("Q3_K", 3.4375), ("Q4_K", 4.5), ("Q5_K", 5.5), ("Q6_K", 6.5625),
        ("IQ4_XS", 4.25),
        ("IQ2_XXS", 2.0625), ("IQ1_S", 1.5625), ("TQ1_0", 1.6875), ("MXFP4", 4.25), ("F32", 32), ("BF16", 16),
    ])
    func haveTheirBits(name: String, bits: Double) throws {
        let type = try #require(TensorType(named: name.lowercased()))
        #expect(Double(type.blockByteCount) * 8 / Double(type.blockSize) == bits)
        #expect(type.name == name)
    }

    @Test func sizesThatOverflowAreNone() throws {
        #expect(TensorType.q4_K.rowByteCount(columns: 255) == nil)
        #expect(TensorType.q4_K.rowByteCount(columns: 512) == 288)
        #expect(TensorType.f64.byteCount(of: try #require(TensorShape([Int.max]))) == nil)
        #expect(TensorType.q8_0.byteCount(of: try #require(TensorShape([64, 3]))) == 204)
    }

    @Test func namesAreUnique() { #expect(Set(TensorType.allCases.map(\.name)).count == TensorType.allCases.count) }
}

@Suite struct RowOrders {
    /// The order that llama.cpp's converter makes: reshape to (heads, 2, half, columns), swap the middle axes.
    @Test func interleavedHalves() throws {
        let source = TensorSource(
            name: "q", storedType: .f32, shape: try #require(TensorShape([1, 12])), parts: [ByteRegion([])],
            rowOrder: .interleavedHalves(heads: 2))
        #expect((0..<12).map(source.storedRow) == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11])
    }
}
