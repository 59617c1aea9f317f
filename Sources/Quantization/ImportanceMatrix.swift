public import Bytes
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
    private var weights: [String: [Float]]
    /// Matrices that the file has weights of, also those that are not to be used.
    private let known: Set<String>

    /// Matrices that have weights.
    public var count: Int { weights.count }

    public init(path: String) throws(QuantizationError) {
        let region: ByteRegion
        do { region = try ByteRegion.mapping(path) } catch { throw .invalidImportanceMatrix(file: path, problem: "\(error)") }
        try self.init(region, file: path)
    }

    /// Reads a matrix that is in memory already; `file` stands for it in errors and metadata.
    public init(_ region: ByteRegion, file: String) throws(QuantizationError) {
        self.init(try ImportanceSums(region, file: file), file: file)
    }

    /// The weights that sums make: their means.
    public init(_ sums: ImportanceSums, file: String) {
        self.file = file
        datasets = sums.datasets
        chunkCount = sums.chunkCount
        unseen = sums.countsChunks ? [] : sums.partial
        weights = sums.entries.mapValues { $0.means(unseen: sums.countsChunks ? nil : 1) }
        known = Set(weights.keys)
    }

    /// What to say about experts that saw no token, in one line however many there are; nil where all saw some.
    public var unseenWarning: String? {
        guard let first = unseen.first else { return nil }
        let others = unseen.count == 1 ? "" : " and of \(unseen.count - 1) other tensors"
        return "importance matrix '\(file)': experts of '\(first)'\(others) saw no token; their columns weigh alike"
    }

    /// The same matrix, as far as it is to be used: tensors in whose names one of `included` is found (all, without any), and none of
    /// `excluded`.
    public func limited(to included: [String], without excluded: [String]) -> ImportanceMatrix {
        var result = self
        result.weights = weights.filter { name, _ in
            (included.isEmpty || included.contains(where: name.contains)) && !excluded.contains(where: name.contains)
        }
        return result
    }

    /// Whether the file has weights of `tensor`, to be used or not.
    func knows(_ tensor: String) -> Bool { known.contains(tensor) }

    /// The weights of a tensor: one per column, for each matrix in it. Nil where the file has none.
    ///
    /// - Throws: `wrongImportanceCount` where they do not fit the shape; embeddings, which never fit, just have none.
    public func weights(for tensor: String, shape: TensorShape) throws(QuantizationError) -> [Float]? {
        try weights(for: tensor, as: tensor, shape: shape)
    }

    /// - Parameter name: what a tensor is called that was called `tensor` when the matrix was made.
    func weights(for tensor: String, as name: String, shape: TensorShape) throws(QuantizationError) -> [Float]? {
        guard let found = weights[tensor] else { return nil }
        let wanted = shape.importanceCount
        if found.count == wanted { return found }
        if TensorCategory(name: name) == .tokenEmbedding { return nil }
        throw .wrongImportanceCount(tensor: tensor, found: found.count, wanted: wanted)
    }
}

extension ImportanceSums.Entry {
    /// Sums divided by their counts.
    ///
    /// - Parameter unseen: what columns of a matrix that saw no row have; the sums as they are where nil.
    fileprivate func means(unseen: Float?) -> [Float] {
        sums.indices.map { index in
            let count = counts[index / max(columns, 1)]
            return count > 0 ? sums[index] / Float(count) : unseen ?? sums[index]
        }
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
