/// Why a package could not be built. Errors of the rooms below pass through as they are.
public enum BuildError: Error, Equatable, CustomStringConvertible {
    /// An instruction names a path where nothing is.
    case missingFile(instruction: String, text: String, path: String)
    /// A FROM is neither a path nor a model in the store.
    case missingModel(text: String, name: String)
    /// A path is there, but nothing that a package can be made of.
    case unusableSource(instruction: String, text: String, problem: String)
    /// Sources that do not make one model together.
    case unfitting(problem: String)
    /// Only unquantized weights can be quantized.
    case alreadyQuantized(text: String, fileType: String)
    /// Adapters change weights that are stored as numbers.
    case quantizedBase(text: String, fileType: String)
    /// Writing would replace what is being read.
    case outputIsInput(path: String)
    case requiresNewer(required: String, level: String)

    public var description: String {
        switch self {
        case .missingFile(let instruction, let text, let path):
            "\(instruction) '\(text)': no such file or folder"
                + (path == text ? "" : " ('\(path)')")
        case .missingModel(let text, let name):
            "FROM '\(text)': neither a file beside the Modelfile nor a model in the store ('\(name)')"
        case .unusableSource(let instruction, let text, let problem): "\(instruction) '\(text)': \(problem)"
        case .unfitting(let problem): problem
        case .alreadyQuantized(let text, let fileType):
            "FROM '\(text)': its weights are \(fileType) already; quantization is only supported for F16, BF16 and F32 models"
        case .quantizedBase(let text, let fileType):
            "FROM '\(text)': its weights are \(fileType); adapters can be merged into F16, BF16 and F32 weights only"
        case .outputIsInput(let path): "'\(path)' is both the input and the output"
        case .requiresNewer(let required, let level):
            "REQUIRES \(required): this version behaves as \(level) and cannot run the model"
        }
    }
}
