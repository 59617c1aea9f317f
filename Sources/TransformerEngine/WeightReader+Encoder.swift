// What encoders' files have and decoders' have not: tables whose first row alone is used, products in one tensor.
import Bytes
import Compute
import Tensors

extension WeightReader {
    /// A quantized matrix as F32; any other as it is.
    func expanded(_ matrix: WeightMatrix, _ name: String) throws(EngineError) -> WeightMatrix {
        guard ![.f32, .f16, .bf16].contains(matrix.type) else { return matrix }
        let byteCount = try RawStorage.size(matrix.rows, matrix.columns, MemoryLayout<Float>.size, purpose: "tensor '\(name)'")
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            guard let start = buffer.baseAddress else { return }
            let floats = UnsafeMutableRawPointer(start).bindMemory(to: Float.self, capacity: matrix.rows * matrix.columns)
            for row in 0..<matrix.rows { matrix.expandRow(row, into: floats + row * matrix.columns) }
            initialized = byteCount
        }
        do {
            return try WeightMatrix(type: .f32, rows: matrix.rows, columns: matrix.columns, bytes: ByteRegion(bytes))
        } catch { throw .tensorType(name, error) }
    }

    /// The first row of a table with any number of rows; nil where the file has no such tensor.
    func firstRow(_ name: String, columns: Int) throws(EngineError) -> WeightVector? {
        guard has(name) else { return nil }
        let table = try matrix(name, columns: columns)
        let values = [Float](unsafeUninitializedCapacity: columns) { buffer, initialized in
            if let start = buffer.baseAddress { table.expandRow(0, into: start) }
            initialized = columns
        }
        return WeightVector(values)
    }

    /// The products that lie one below the other in the tensor `name`.
    ///
    /// - Parameter rows: rows of each, from the first on.
    func linears(_ name: String, rows: [Int], columns: Int) throws(EngineError) -> [Linear] {
        let whole = try linear(name, rows: rows.reduce(0, +), columns: columns)
        let biases = whole.bias?.values
        var start = 0
        return rows.map { count in
            let part = start..<start + count
            start = part.upperBound
            return Linear(
                matrix: whole.matrix.part(rows: part), bias: biases.map { WeightVector(Array($0[part])) }, name: whole.name,
                terms: whole.terms.map { $0.part(rows: part) })
        }
    }
}
