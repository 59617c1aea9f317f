public import Tensors

/// Why something cannot be computed.
public enum ComputeError: Error, Equatable, CustomStringConvertible {
    /// `QUERN_KERNELS` asks for kernels that do not exist, or that this machine cannot run.
    case unknownKernels(String)
    case unsupportedType(TensorType)
    case partialBlock(columns: Int, type: TensorType)
    case wrongByteCount(found: Int, rows: Int, columns: Int, type: TensorType)

    public var description: String {
        switch self {
        case .unknownKernels(let name):
            "no kernels \"\(name)\" (QUERN_KERNELS) on this machine; it has "
                + KernelTable.available().map(\.name).joined(separator: ", ")
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
