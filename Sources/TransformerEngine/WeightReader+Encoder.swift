// What encoders ask of a file and decoders do not: unrounded products, tables whose first row alone is used.
import Bytes
import Compute
import GGUF
import Tensors

extension WeightReader {
    /// Whether numbers of a type are used as they are.
    static func isFloat(_ type: TensorType) -> Bool { [.f32, .f16, .bf16].contains(type) }

    /// A quantized matrix as F32; any other as it is.
    func expanded(_ matrix: WeightMatrix, _ name: String) throws(EngineError) -> WeightMatrix {
        guard !Self.isFloat(matrix.type) else { return matrix }
        // Nothing reads the file's own numbers again.
        defer { if let tensor = file.tensor(named: fullName(name)) { file.bytes(of: tensor).advise(.doneWith) } }
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
}
