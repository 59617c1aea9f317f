import CKernels
public import Tensors

/// Turns floats into blocks and back, row by row, with one instruction set's table. All tables give the same bytes.
public struct RowCodec: Sendable {
    // A table is a constant of the program, so sharing its address is sound.
    private nonisolated(unsafe) let table: UnsafePointer<quern_quantize_table>

    /// The best table of this machine, or the one that QUERN_KERNELS asks for.
    public static let selected = RowCodec(quern_isa_selected()) ?? reference

    /// The scalar one, which every machine has.
    public static let reference: RowCodec = {
        guard let codec = RowCodec(QUERN_ISA_SCALAR) else { preconditionFailure("the scalar table is missing") }
        return codec
    }()

    /// Every table that this machine runs.
    public static var available: [RowCodec] {
        [QUERN_ISA_SCALAR, QUERN_ISA_AVX2, QUERN_ISA_AVX512].compactMap { RowCodec($0) }
    }

    private init?(_ instructionSet: quern_isa) {
        guard let table = quern_quantize_table_for(instructionSet) else { return nil }
        self.table = table
    }

    public var name: String { String(cString: table.pointee.name) }

    /// Whether floats can be turned into `type` and back.
    public static func knows(_ type: TensorType) -> Bool {
        switch type {
        case .q8_1, .q8_K, .i8, .i16, .i32, .i64, .f64: false
        default: true
        }
    }

    /// Whether `type` cannot be made without importance, wherever the tensor is.
    public static func needsImportance(_ type: TensorType) -> Bool {
        [.iq2_xxs, .iq2_xs, .iq1_s].contains(type)
    }

    /// Quantizes whole rows of `columns` finite values. `importance` holds one weight per column.
    /// - Precondition: the codec knows `type`, has importance if `type` needs it, and rows are whole numbers of its blocks.
    public func quantize(_ values: [Float], columns: Int, to type: TensorType, importance: [Float]? = nil) -> [UInt8] {
        precondition(columns > 0 && values.count % columns == 0 && importance.map { $0.count == columns } ?? true)
        guard let rowBytes = type.rowByteCount(columns: columns) else { preconditionFailure("a part of a block") }
        let rows = values.count / columns
        return [UInt8](unsafeUninitializedCapacity: rows * rowBytes) { blocks, count in
            values.withUnsafeBufferPointer { values in
                guard let source = values.baseAddress, let target = blocks.baseAddress else { return }
                if let importance {
                    importance.withUnsafeBufferPointer {
                        quantize(source, rows: rows, columns: columns, to: type, importance: $0.baseAddress, into: target)
                    }
                } else {
                    quantize(source, rows: rows, columns: columns, to: type, importance: nil, into: target)
                }
            }
            count = rows * rowBytes
        }
    }

    /// The values of whole blocks.
    /// - Precondition: the codec knows `type`, and `blocks` is a whole number of its blocks.
    public func dequantize(_ blocks: [UInt8], of type: TensorType) -> [Float] {
        precondition(blocks.count % type.blockByteCount == 0)
        let count = blocks.count / type.blockByteCount * type.blockSize
        return [Float](unsafeUninitializedCapacity: count) { values, initialized in
            blocks.withUnsafeBytes { blocks in
                guard let source = blocks.baseAddress, let target = values.baseAddress else { return }
                dequantize(source, of: type, into: target, count: count)
            }
            initialized = count
        }
    }

    func quantize(
        _ values: UnsafePointer<Float>, rows: Int, columns: Int, to type: TensorType, importance: UnsafePointer<Float>?,
        into blocks: UnsafeMutableRawPointer
    ) {
        let known = table.pointee.quantize(type.rawValue, values, blocks, rows, columns, importance)
        precondition(known, "no quantizer of \(type.name), or no memory for its codebook")
    }

    func dequantize(_ blocks: UnsafeRawPointer, of type: TensorType, into values: UnsafeMutablePointer<Float>, count: Int) {
        let known = table.pointee.dequantize(type.rawValue, blocks, values, count)
        precondition(known, "no dequantizer of \(type.name)")
    }

    /// The first value that is NaN or infinite.
    func firstNotFinite(_ values: UnsafePointer<Float>, count: Int) -> Int? {
        let index = table.pointee.first_not_finite(values, count)
        return index < 0 ? nil : index
    }

    /// The first of `count` blocks whose scale or minimum is infinite or NaN.
    func firstOverflowed(_ blocks: UnsafeRawPointer, of type: TensorType, count: Int) -> Int? {
        let index = quern_first_overflowed_block(type.rawValue, blocks, count)
        return index < 0 ? nil : index
    }
}
