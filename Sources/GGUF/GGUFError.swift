/// Why a file is not the GGUF that was wanted. Every case names the place, what was found and what was wanted.
public enum GGUFError: Error, Equatable, CustomStringConvertible {
    case notGGUF(file: String, found: String)
    case unsupportedVersion(file: String, version: UInt32)
    case bigEndian(file: String)
    /// The file ends inside its header.
    case truncatedHeader(file: String, reading: String, offset: Int)
    case tooMany(file: String, what: String, count: UInt64, limit: UInt64)
    case invalidKey(file: String, problem: String)
    case duplicateKey(file: String, key: String)
    case unknownValueType(file: String, key: String, type: UInt32)
    case invalidValue(file: String, key: String, problem: String)
    case invalidTensor(file: String, tensor: String, problem: String)
    case duplicateTensor(file: String, tensor: String)
    case invalidSplit(file: String, problem: String)
    /// A key that a reader needs is missing.
    case missingKey(String)
    /// A key has a value of another type than a reader needs.
    case wrongType(key: String, found: String, wanted: String)
    /// A file that is no adapter, or one that cannot be applied.
    case unusableAdapter(file: String, problem: String)
    /// An adapter for another model.
    case adapterMisfit(file: String, problem: String)
    /// A layout that cannot be written.
    case unwritable(problem: String)
    case unreadable(String)

    public var description: String {
        switch self {
        case .notGGUF(let file, let found):
            "'\(file)' is not a GGUF file: it starts with \(found), not 'GGUF'"
                + (Self.olderFormats[found].map { " (\($0))" } ?? "")
        case .unsupportedVersion(let file, let version):
            "'\(file)' is GGUF version \(version); versions 2 and 3 are supported"
        case .bigEndian(let file): "'\(file)' is a big-endian GGUF file; only little-endian ones are supported"
        case .truncatedHeader(let file, let reading, let offset):
            "'\(file)' ends at byte \(offset) inside its header, while reading \(reading)"
        case .tooMany(let file, let what, let count, let limit):
            "'\(file)' claims \(count) \(what), more than the \(limit) that fit"
        case .invalidKey(let file, let problem): "'\(file)': metadata key \(problem)"
        case .duplicateKey(let file, let key): "'\(file)': metadata key '\(key)' comes twice"
        case .unknownValueType(let file, let key, let type): "'\(file)': metadata key '\(key)' has the unknown value type \(type)"
        case .invalidValue(let file, let key, let problem): "'\(file)': metadata key '\(key)': \(problem)"
        case .invalidTensor(let file, let tensor, let problem): "'\(file)': tensor '\(tensor)': \(problem)"
        case .duplicateTensor(let file, let tensor): "'\(file)': tensor '\(tensor)' comes twice"
        case .invalidSplit(let file, let problem): "'\(file)': \(problem)"
        case .missingKey(let key): "metadata key '\(key)' is missing"
        case .wrongType(let key, let found, let wanted): "metadata key '\(key)' is \(found), not \(wanted)"
        case .unusableAdapter(let file, let problem): "adapter '\(file)': \(problem)"
        case .adapterMisfit(let file, let problem): "adapter '\(file)' does not fit the model: \(problem)"
        case .unwritable(let problem): problem
        case .unreadable(let reason): reason
        }
    }

    /// What files of the years before GGUF start with, least significant byte first.
    private static let olderFormats = [
        "'lmgg'": "llama.cpp's format GGML of 2023, which must be converted with a llama.cpp of that time",
        "'fmgg'": "llama.cpp's format GGMF of 2023, which must be converted with a llama.cpp of that time",
        "'tjgg'": "llama.cpp's format GGJT of 2023, which must be converted with a llama.cpp of that time",
        "'FUGG'": "a big-endian GGUF file",
    ]
}
