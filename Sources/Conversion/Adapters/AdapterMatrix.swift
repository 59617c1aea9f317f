import Bytes
import Safetensors
import Tensors

/// A factor in memory, row by row.
struct AdapterMatrix {
    var values: [Float]
    /// Those of all matrices of a stack.
    let rows: Int
    let columns: Int
    /// Matrices that lie one below the other; nil for one that is no stack.
    var count: Int?

    init(_ tensor: SafetensorsTensor) throws(ConversionError) {
        guard tensor.shape.count == 2 else { throw .tensorShape(name: tensor.name, found: tensor.shape, wanted: [0, 0]) }
        guard tensor.type.weightType != nil else { throw .tensorType(name: tensor.name, type: tensor.type.rawValue) }
        (rows, columns) = (tensor.shape[0], tensor.shape[1])
        let size = tensor.type.byteCount
        let bytes = tensor.bytes.bytes()
        values = (0..<tensor.elementCount).map { index in
            var bits: UInt32 = 0
            for byte in 0..<size { bits |= UInt32(bytes[index * size + byte]) << UInt32(8 * byte) }
            return tensor.type.float(bits: bits)
        }
    }

    init(_ values: [Float], rows: Int, columns: Int, count: Int? = nil) {
        (self.values, self.rows, self.columns, self.count) = (values, rows, columns, count)
    }

    /// Zeros.
    init(rows: Int, columns: Int) { self.init([Float](repeating: 0, count: rows * columns), rows: rows, columns: columns) }

    /// The extents in GGUF's order.
    var extents: [Int] { count.map { [columns, rows / $0, $0] } ?? [columns, rows] }

    var transposed: AdapterMatrix {
        AdapterMatrix(
            (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }, rows: columns, columns: rows)
    }

    mutating func multiply(by factor: Float) { for index in values.indices { values[index] *= factor } }

    /// Matrices of one shape, one below the other.
    init(stacking matrices: [AdapterMatrix]) {
        self.init(
            matrices.flatMap(\.values), rows: matrices.reduce(0) { $0 + $1.rows }, columns: matrices.first?.columns ?? 0,
            count: matrices.count)
    }

    /// The rows in the order that the base's converter gives its own.
    func regrouped(heads: Int, _ target: String, _ path: String) throws(ConversionError) -> AdapterMatrix {
        guard heads > 0, rows % heads == 0, rows / heads % 2 == 0, let shape = TensorShape([columns, rows]) else {
            throw .adapter(path: path, problem: "tensor '\(target)': lora_B has \(rows) rows, which \(heads) heads cannot share")
        }
        let order = TensorSource(
            name: target, storedType: .f32, shape: shape, parts: [], rowOrder: .interleavedHalves(heads: heads))
        return AdapterMatrix(
            (0..<rows).flatMap { row in
                let start = order.storedRow(row) * columns
                return values[start..<start + columns]
            }, rows: rows, columns: columns)
    }
}
