public import Bytes
import GGUF
public import Tensors

/// How much each column of each matrix matters: mean squares of the activations that met it, from `llama-imatrix`.
///
/// Two formats are read: llama.cpp's GGUF with tensors `NAME.in_sum2` and `NAME.counts`, and the older `.dat`. Weights are
/// normalised as llama-quantize does it.
public struct ImportanceMatrix: Sendable {
    /// What the matrix is called in errors and in the metadata of files made with it: the path as it was given.
    public let file: String
    /// The texts that it was computed on.
    public let datasets: [String]
    /// Chunks of text that it was computed on; 0 where the file does not say.
    public let chunkCount: Int
    /// Matrices of which some expert saw no token; those experts weigh all columns alike.
    public let unseen: [String]
    private let weights: [String: [Float]]

    /// Matrices that have weights.
    public var count: Int { weights.count }

    public init(path: String) throws(QuantizationError) {
        let region: ByteRegion
        do { region = try ByteRegion.mapping(path) } catch { throw .invalidImportanceMatrix(file: path, problem: "\(error)") }
        try self.init(region, file: path)
    }

    /// Reads a matrix that is in memory already; `file` stands for it in errors and metadata.
    public init(_ region: ByteRegion, file: String) throws(QuantizationError) {
        let magic = region.part(0..<min(4, region.count))?.bytes() ?? []
        let read = GGUFFile.hasMagic(magic) ? try Contents(gguf: region, file: file) : try Contents(legacy: region, file: file)
        for (name, values) in read.weights where !values.allSatisfy(\.isFinite) {
            throw .invalidImportanceMatrix(file: file, problem: "'\(name)' has weights that are not finite")
        }
        self.file = file
        datasets = read.datasets
        chunkCount = read.chunkCount
        unseen = read.unseen.sorted()
        weights = read.weights
    }

    /// The weights of a tensor: one per column, for each matrix in it. Nil where the file has none.
    ///
    /// - Throws: `wrongImportanceCount` where they do not fit the shape; embeddings, which never fit, just have none.
    public func weights(for tensor: String, shape: TensorShape) throws(QuantizationError) -> [Float]? {
        guard let found = weights[tensor] else { return nil }
        let wanted = shape.importanceCount
        if found.count == wanted { return found }
        if TensorCategory(name: tensor) == .tokenEmbedding { return nil }
        throw .wrongImportanceCount(tensor: tensor, found: found.count, wanted: wanted)
    }

    /// What both formats hold.
    struct Contents {
        var weights: [String: [Float]] = [:]
        var datasets: [String] = []
        var chunkCount = 0
        var unseen: [String] = []
    }
}

extension TensorShape {
    /// Weights that a tensor of this shape takes: one per column, for each matrix in it.
    var importanceCount: Int {
        // Extents come from a file; only their product with the rows is known to fit.
        let matrices = dimensions.count > 2 ? dimensions[2] : 1
        return columns.multipliedReportingOverflow(by: matrices).overflow ? .max : columns * matrices
    }
}
