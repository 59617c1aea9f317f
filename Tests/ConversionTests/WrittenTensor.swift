import Bytes
import Conversion
import Tensors

extension ConvertedTensor {
    /// The bytes that a writer without quantization makes of the tensor: rows in their order, elements in its type.
    func written() -> [UInt8] {
        let stored = source.parts.flatMap { $0.bytes() }
        let size = source.storedType.blockByteCount
        let columns = source.shape.columns
        var writer = ByteWriter()
        for row in 0..<source.shape.rows {
            let start = source.storedRow(row) * columns * size
            for column in 0..<columns {
                let element = stored[(start + column * size)..<(start + (column + 1) * size)]
                write(bits: element.reversed().reduce(0) { $0 << 8 | UInt32($1) }, to: &writer)
            }
        }
        return writer.bytes
    }

    private func write(bits: UInt32, to writer: inout ByteWriter) {
        let value =
            switch source.storedType {
            case .f16: Float(Float16(bitPattern: UInt16(bits)))
            case .bf16: Float(bitPattern: bits << 16)
            default: Float(bitPattern: bits)
            }
        switch type {
        case .f16: writer.write(Float16(value).bitPattern)
        case .bf16: writer.write(UInt16((value.bitPattern + 0x7FFF + (value.bitPattern >> 16 & 1)) >> 16))
        default: writer.write(value)
        }
    }
}
