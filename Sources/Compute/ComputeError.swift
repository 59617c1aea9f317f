public import Tensors

/// Why a tensor cannot take part in a matrix product.
public enum ComputeError: Error, Equatable, CustomStringConvertible {
    case unsupportedType(TensorType)
    case partialBlock(columns: Int, type: TensorType)
    case wrongByteCount(found: Int, rows: Int, columns: Int, type: TensorType)

    public var description: String {
        switch self {
        case .unsupportedType(let type):
            "no matrix kernel for \(type.name); there are kernels for "
                + WeightMatrix.supportedTypes.map(\.name).joined(separator: ", ")
        case .partialBlock(let columns, let type):
            "\(columns) columns, not a multiple of the \(type.name) block size \(type.blockSize)"
        case .wrongByteCount(let found, let rows, let columns, let type):
            "\(found) bytes do not hold \(rows) rows of \(columns) columns in \(type.name)"
        }
    }
}
