// What quantization did to each tensor: the difference between a file and the one that it was made from.
import Bytes
public import Compute
public import GGUF
public import Tensors

/// How far a tensor's values are from those of its source.
public struct TensorError: Sendable, Equatable {
    public var name: String
    public var type: TensorType
    public var sourceType: TensorType
    public var elementCount: Int
    public var byteCount: Int
    /// Root of the mean squared difference.
    public var rootMeanSquare: Double
    /// The largest difference.
    public var maximum: Double
    /// Root of the source's mean square.
    public var sourceRootMeanSquare: Double

    public init(
        name: String, type: TensorType, sourceType: TensorType, elementCount: Int, byteCount: Int, rootMeanSquare: Double,
        maximum: Double, sourceRootMeanSquare: Double
    ) {
        (self.name, self.type, self.sourceType) = (name, type, sourceType)
        (self.elementCount, self.byteCount) = (elementCount, byteCount)
        (self.rootMeanSquare, self.maximum) = (rootMeanSquare, maximum)
        self.sourceRootMeanSquare = sourceRootMeanSquare
    }

    /// The difference's root mean square over the source's; 0 for a source of zeros that stayed so.
    public var relative: Double {
        if rootMeanSquare == 0 { return 0 }
        return sourceRootMeanSquare > 0 ? rootMeanSquare / sourceRootMeanSquare : .infinity
    }
}

/// Compares the tensors of two files value by value, on all threads, without holding a tensor in memory.
public struct TensorComparison: Sendable {
    private let pool: ThreadPool
    private let codec: RowCodec

    public init(pool: ThreadPool, codec: RowCodec = .selected) { (self.pool, self.codec) = (pool, codec) }

    /// The errors of all tensors that both files have, in the file's order.
    ///
    /// - Parameter onTensor: called after each tensor with how many are done, and of how many; what it throws ends the comparison.
    /// - Throws: `QuantizationError.differentShape` for a tensor whose shape is another one, `.unsupported` for a type that cannot
    ///   be read as floats, `.partialBlock`, `BytesError`.
    public func errors(
        of file: GGUFFile, from source: GGUFFile, onTensor: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> [TensorError] {
        var errors: [TensorError] = []
        for (index, tensor) in file.tensors.enumerated() {
            if let original = source.tensor(named: tensor.name) {
                guard original.shape.dimensions == tensor.shape.dimensions else {
                    throw QuantizationError.differentShape(tensor: tensor.name, found: tensor.shape, wanted: original.shape)
                }
                errors.append(
                    try error(of: tensor, file.bytes(of: tensor), from: original, source.bytes(of: original)))
            }
            try onTensor(index + 1, file.tensors.count)
        }
        try file.checkIntact()
        try source.checkIntact()
        return errors
    }

    /// Elements that one thread compares at a time.
    private static let itemElements = 65_536

    private func error(
        of tensor: GGUFTensor, _ bytes: ByteRegion, from source: GGUFTensor, _ sourceBytes: ByteRegion
    ) throws(QuantizationError) -> TensorError {
        for other in [tensor, source] where !RowCodec.knows(other.type) {
            throw .unsupported(tensor: tensor.name, type: other.type)
        }
        let columns = tensor.shape.columns
        guard let rowBytes = tensor.type.rowByteCount(columns: columns),
            let sourceRowBytes = source.type.rowByteCount(columns: columns)
        else { throw .partialBlock(tensor: tensor.name, columns: columns, type: tensor.type) }
        let rows = tensor.shape.rows
        let rowsPerItem = max(1, Self.itemElements / max(columns, 1))
        let items = columns > 0 ? (rows + rowsPerItem - 1) / rowsPerItem : 0
        var parts = [SquaredDifference](repeating: SquaredDifference(), count: items)
        parts.withUnsafeMutableBufferPointer { parts in
            guard let part = parts.baseAddress else { return }
            bytes.withUnsafeBytes { mine in
                sourceBytes.withUnsafeBytes { wanted in
                    guard let mine = mine.baseAddress, let wanted = wanted.baseAddress else { return }
                    pool.parallelFor(items) { item in
                        let first = item * rowsPerItem
                        let count = (min(rows, first + rowsPerItem) - first) * columns
                        part[item] = difference(
                            mine + first * rowBytes, tensor.type, wanted + first * sourceRowBytes, source.type, count: count)
                    }
                }
            }
        }
        bytes.advise(.doneWith)
        sourceBytes.advise(.doneWith)
        // In order, so that the number of threads does not change a bit.
        let all = parts.reduce(into: SquaredDifference()) { $0.add($1) }
        let count = Double(max(tensor.shape.elementCount, 1))
        return TensorError(
            name: tensor.name, type: tensor.type, sourceType: source.type, elementCount: tensor.shape.elementCount,
            byteCount: tensor.byteCount, rootMeanSquare: (all.error / count).squareRoot(), maximum: Double(all.maximum),
            sourceRootMeanSquare: (all.energy / count).squareRoot())
    }

    private func difference(
        _ mine: UnsafeRawPointer, _ type: TensorType, _ wanted: UnsafeRawPointer, _ sourceType: TensorType, count: Int
    ) -> SquaredDifference {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { buffer in
            guard let values = buffer.baseAddress else { return SquaredDifference() }
            let originals = values + count
            RowCodec.withAligned(mine, byteCount: count / type.blockSize * type.blockByteCount) {
                codec.dequantize($0, of: type, into: values, count: count)
            }
            RowCodec.withAligned(wanted, byteCount: count / sourceType.blockSize * sourceType.blockByteCount) {
                codec.dequantize($0, of: sourceType, into: originals, count: count)
            }
            var sums = SquaredDifference()
            sums.add(values, for: originals, count: count)
            return sums
        }
    }
}
