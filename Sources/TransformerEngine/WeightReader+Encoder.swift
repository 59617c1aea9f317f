// What encoders' files have and decoders' have not: tables whose first row alone is used, products in one tensor.
import Compute

extension WeightReader {
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
            return Linear(matrix: whole.matrix.part(rows: part), bias: biases.map { WeightVector(Array($0[part])) })
        }
    }
}
