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
    /// The tensor that the matrix is, or is a part of.
    let name: String
    /// What adapters add.
    var terms: [LowRankTerm] = []
}

/// Matrices that take the same input, which is then prepared once.
struct LinearGroup: Sendable {
    let matrices: [WeightMatrix]
    let biases: [WeightVector?]
    /// The tensors that the matrices are or lie in, each of them once.
    let names: [String]
    /// Of each matrix.
    let terms: [[LowRankTerm]]

    init(_ linears: [Linear]) {
        matrices = linears.map(\.matrix)
        biases = linears.map(\.bias)
        names = linears.reduce(into: []) { if !$0.contains($1.name) { $0.append($1.name) } }
        terms = linears.map(\.terms)
    }
}

/// Reads tensors by name, within the file or one block of it.
struct WeightReader: Sendable {
    let file: GGUFFile
    let parameters: Hyperparameters
    /// Put before every name: `blk.3.` within a block.
    private var prefix = ""
    /// Whether quantized matrices are expanded to F32, so that activations meet them unrounded.
    var expandsMatrices = false
    /// What adapters add to the file's products.
    var adapterTerms: LowRankTerms?

    init(file: GGUFFile, parameters: Hyperparameters) { (self.file, self.parameters) = (file, parameters) }

    /// The reader of block `index`.
    func block(_ index: Int) -> WeightReader {
        var reader = self
        reader.prefix = "blk.\(index)."
        return reader
    }

    /// The name in the file of what is `name` here.
    func fullName(_ name: String) -> String { prefix + name }

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
        try matrix(name, rows: max(rows(of: name) ?? 0, 1), columns: columns)
    }

    /// The rows that a tensor has; nil where there is no such tensor.
    func rows(of name: String) -> Int? { file.tensor(named: prefix + name)?.shape.rows }

    /// `count` matrices of one shape, stacked in one tensor: the experts of a layer.
    func stack(_ name: String, count: Int, rows: Int, columns: Int) throws(EngineError) -> [WeightMatrix] {
        let tensor = try tensor(name, shape: [columns, rows, count])
        let whole: WeightMatrix
        do {
            whole = try WeightMatrix(type: tensor.type, rows: rows * count, columns: columns, bytes: file.bytes(of: tensor))
        } catch { throw .tensorType(prefix + name, error) }
        return (0..<count).map { whole.part(rows: $0 * rows..<($0 + 1) * rows) }
    }

    /// What adapters add to each of the matrices of a stack; nothing for any of them where no adapter does.
    func stackTerms(_ name: String, count: Int) -> [[LowRankTerm]] {
        let parts = terms(name).map { $0.parts(of: count) }
        return (0..<count).map { index in parts.map { $0[index] } }
    }

    /// A matrix of one row, which converters write as a vector.
    func row(_ name: String, columns: Int) throws(EngineError) -> WeightMatrix {
        let found = file.tensor(named: prefix + name)?.shape.dimensions
        let tensor = try tensor(name, shape: found == [columns, 1] ? [columns, 1] : [columns])
        do {
            return try WeightMatrix(type: tensor.type, rows: 1, columns: columns, bytes: file.bytes(of: tensor))
        } catch { throw .tensorType(prefix + name, error) }
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

    /// Projections of one input that are fused into one tensor, one after the other.
    ///
    /// - Parameter rows: how many each of them has.
    func fusedLinears(_ name: String, rows: [Int], columns: Int) throws(EngineError) -> [Linear] {
        let total = rows.reduce(0, +)
        let whole = try linear(name, rows: total, columns: columns)
        let biases = whole.bias?.values
        var linears: [Linear] = []
        var start = 0
        for count in rows {
            let range = start..<start + count
            linears.append(
                Linear(
                    matrix: whole.matrix.part(rows: range), bias: biases.map { WeightVector(Array($0[range])) }, name: whole.name,
                    terms: whole.terms.map { $0.part(rows: range) }))
            start += count
        }
        return linears
    }

    /// The matrix `name.weight` with `name.bias`, where there is one.
    func linear(_ name: String, rows: Int, columns: Int) throws(EngineError) -> Linear {
        let matrix = try matrix("\(name).weight", rows: rows, columns: columns)
        return Linear(
            matrix: expandsMatrices ? try expanded(matrix, "\(name).weight") : matrix,
            bias: try optionalVector("\(name).bias", count: rows), name: fullName("\(name).weight"),
            terms: terms("\(name).weight"))
    }

    /// What adapters add to the products of the tensor `name`.
    func terms(_ name: String) -> [LowRankTerm] { adapterTerms?.take(prefix + name) ?? [] }

    /// Rotary embedding with the factors of a tensor, which LongRoPE cannot do without.
    func rope(_ pairing: RotaryEmbedding.Pairing, factors name: String) throws(EngineError) -> RotaryEmbedding {
        let needsFactors = if case .longrope = parameters.ropeScaling { true } else { false }
        let count = parameters.ropeLength / 2
        let factors = needsFactors ? try vector(name, count: count) : try optionalVector(name, count: count)
        return RotaryEmbedding(pairing, parameters, factors: factors?.values)
    }
}
