public import Tensors

/// Why something cannot be quantized. Every case names the tensor or file and what was found in it.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
    /// A weight is NaN or infinite. `index` counts the tensor's elements.
    case notFinite(tensor: String, index: Int, value: Float)
    /// A finite weight is too large for the target: its block's scale overflows half precision.
    case overflow(tensor: String, type: TensorType, firstElement: Int)
    /// No conversion from `type` to floats, or to `type` from floats.
    case unsupported(tensor: String, type: TensorType)
    /// The tensor is quantized already and would lose more.
    case alreadyQuantized(tensor: String, type: TensorType)
    case partialBlock(tensor: String, columns: Int, type: TensorType)
    /// The parts of a tensor do not add up to its shape.
    case wrongByteCount(tensor: String, found: Int, wanted: Int)
    /// Rows that are to be regrouped head by head are not a whole number of pairs in each head.
    case wrongHeadCount(tensor: String, rows: Int, heads: Int)
    /// What is to be added to a tensor has other extents.
    case sumOfAnotherShape(tensor: String, shape: TensorShape)
    case importanceNeeded(tensor: String, type: TensorType)
    /// The importance matrix was made for another model.
    case wrongImportanceCount(tensor: String, found: Int, wanted: Int)
    /// A tensor that is to be compared with its source has another shape.
    case differentShape(tensor: String, found: TensorShape, wanted: TensorShape)
    case unknownFileType(name: String, suggestion: String?)
    case unknownTensorType(name: String, suggestion: String?)
    /// The importance matrix knows none of the matrices that are to be quantized.
    case foreignImportance(file: String, tensor: String)
    /// Not even the smallest types fit.
    case budgetTooSmall(wanted: Int, smallest: Int)
    case invalidOverride(text: String, problem: String)
    /// A file of types that cannot be read, or has something else in it.
    case invalidTypeFile(file: String, problem: String)
    /// What was to be found in the names of tensors is no regular expression.
    case invalidPattern(String)
    /// A choice of a type that is not `PATTERN=TYPE`.
    case invalidChoice(String)
    /// A layer number that the recipe needs is not in the tensor's name, or past the model's layers.
    case unknownLayer(tensor: String, layerCount: Int)
    case invalidMetadata(String)
    case invalidImportanceMatrix(file: String, problem: String)

    public var description: String {
        switch self {
        case .notFinite(let tensor, let index, let value): "tensor '\(tensor)': element \(index) is \(value)"
        case .overflow(let tensor, let type, let first):
            "tensor '\(tensor)': the values at element \(first) are too large for \(type.name)"
        case .unsupported(let tensor, let type): "tensor '\(tensor)': \(type.name) cannot be converted"
        case .alreadyQuantized(let tensor, let type):
            "tensor '\(tensor)' is already quantized to \(type.name); take F32, F16 or BF16, or ask for requantizing at a loss"
        case .sumOfAnotherShape(let tensor, let shape): "tensor '\(tensor)': what is to be added has another shape than \(shape)"
        case .partialBlock(let tensor, let columns, let type):
            "tensor '\(tensor)': \(columns) columns, not a multiple of the \(type.name) block size \(type.blockSize)"
        case .wrongByteCount(let tensor, let found, let wanted):
            "tensor '\(tensor)': \(found) bytes, but its shape takes \(wanted)"
        case .wrongHeadCount(let tensor, let rows, let heads):
            "tensor '\(tensor)': \(rows) rows cannot be regrouped as pairs in \(heads) heads"
        case .importanceNeeded(let tensor, let type):
            "tensor '\(tensor)': \(type.name) needs an importance matrix here"
        case .wrongImportanceCount(let tensor, let found, let wanted):
            "tensor '\(tensor)': the importance matrix has \(found) values, not \(wanted); it is of another model"
        case .differentShape(let tensor, let found, let wanted):
            "tensor '\(tensor)' has shape \(found), its source \(wanted)"
        case .unknownFileType(let name, let suggestion):
            "unknown type '\(name)'" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .unknownTensorType(let name, let suggestion):
            "unknown tensor type '\(name)'" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .foreignImportance(let file, let tensor):
            "importance matrix '\(file)' is of another model: it knows neither '\(tensor)' nor any other tensor to be quantized"
        case .budgetTooSmall(let wanted, let smallest):
            "\(wanted) bytes are too few: with the smallest types that can be made the file has \(smallest)"
        case .invalidOverride(let text, let problem): "metadata override '\(text)': \(problem)"
        case .invalidTypeFile(let file, let problem): "types in '\(file)': \(problem)"
        case .invalidPattern(let pattern): "'\(pattern)' is not a regular expression"
        case .invalidChoice(let text): "'\(text)' is not PATTERN=TYPE"
        case .unknownLayer(let tensor, let count):
            "tensor '\(tensor)': no layer number below \(count) in its name"
        case .invalidMetadata(let problem): problem
        case .invalidImportanceMatrix(let file, let problem): "importance matrix '\(file)': \(problem)"
        }
    }
}
