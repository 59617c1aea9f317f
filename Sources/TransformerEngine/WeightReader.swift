// Finds a model's tensors and checks that they are what its metadata promises.
import Bytes
import Compute
import GGUF
import Tensors

/// A small vector of weights, as floats of our own: a norm's scales, a bias.
final class WeightVector: @unchecked Sendable {
    // Written by the initialiser and never again.
    let start: UnsafePointer<Float>
    let count: Int

    init(_ values: [Float]) {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(values.count, 1))
        memory.initialize(repeating: 0, count: max(values.count, 1))
        for (index, value) in values.enumerated() { memory[index] = value }
        (start, count) = (UnsafePointer(memory), values.count)
    }

    deinit { start.deallocate() }

    var values: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }
}

/// A matrix and the bias that is added to its products, where the model has one.
struct Linear: Sendable {
    let matrix: WeightMatrix
    let bias: WeightVector?
}

/// Matrices that take the same input, which is then prepared once.
struct LinearGroup: Sendable {
    let matrices: [WeightMatrix]
    let biases: [WeightVector?]

    init(_ linears: [Linear]) {
        matrices = linears.map(\.matrix)
        biases = linears.map(\.bias)
    }
}

/// Reads tensors by name, within the file or one block of it.
struct WeightReader: Sendable {
    let file: GGUFFile
    let parameters: Hyperparameters
    /// Put before every name: `blk.3.` within a block.
    private var prefix = ""

    init(file: GGUFFile, parameters: Hyperparameters) { (self.file, self.parameters) = (file, parameters) }

    /// The reader of block `index`.
    func block(_ index: Int) -> WeightReader {
        var reader = self
        reader.prefix = "blk.\(index)."
        return reader
    }

    func has(_ name: String) -> Bool { file.tensor(named: prefix + name) != nil }

    /// The tensor `name`.
    ///
    /// - Parameter shape: the extents wanted, innermost first.
    private func tensor(_ name: String, shape: [Int]) throws(EngineError) -> GGUFTensor {
        guard let tensor = file.tensor(named: prefix + name) else { throw .missingTensor(prefix + name, wanted: shape) }
        guard tensor.shape.dimensions == shape else {
            throw .tensorShape(prefix + name, found: tensor.shape, wanted: shape)
        }
        return tensor
    }

    /// A matrix that turns `columns` components into `rows`.
    func matrix(_ name: String, rows: Int, columns: Int) throws(EngineError) -> WeightMatrix {
        let tensor = try tensor(name, shape: [columns, rows])
        do {
            return try WeightMatrix(type: tensor.type, rows: rows, columns: columns, bytes: file.bytes(of: tensor))
        } catch { throw .tensorType(prefix + name, error) }
    }

    /// A matrix with as many rows as the file has: `token_embd.weight`, whose rows are the vocabulary.
    func matrix(_ name: String, columns: Int) throws(EngineError) -> WeightMatrix {
        let rows = file.tensor(named: prefix + name)?.shape.rows ?? 0
        return try matrix(name, rows: max(rows, 1), columns: columns)
    }

    func vector(_ name: String, count: Int) throws(EngineError) -> WeightVector {
        let tensor = try tensor(name, shape: [count])
        guard [.f32, .f16, .bf16].contains(tensor.type) else { throw .notFloats(prefix + name, found: tensor.type) }
        let row: WeightMatrix
        do {
            row = try WeightMatrix(type: tensor.type, rows: 1, columns: count, bytes: file.bytes(of: tensor))
        } catch { throw .tensorType(prefix + name, error) }
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress { row.expandRow(0, into: start) }
            initialized = count
        }
        return WeightVector(values)
    }

    /// The vector where the file has it; a wrong shape is an error all the same.
    func optionalVector(_ name: String, count: Int) throws(EngineError) -> WeightVector? {
        has(name) ? try vector(name, count: count) : nil
    }

    /// The matrix `name.weight` with `name.bias`, where there is one.
    func linear(_ name: String, rows: Int, columns: Int) throws(EngineError) -> Linear {
        Linear(
            matrix: try matrix("\(name).weight", rows: rows, columns: columns),
            bias: try optionalVector("\(name).bias", count: rows))
    }
}
