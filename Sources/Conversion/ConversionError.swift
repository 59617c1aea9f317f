public import Bytes
public import JSONText
public import Safetensors
public import Tokenization

/// Why a checkpoint cannot become a GGUF.
public enum ConversionError: Error, CustomStringConvertible {
    // The folder and its files.
    case unreadable(BytesError)
    case missingFile(folder: String, name: String)
    case fileTooLarge(file: String, byteCount: Int, limit: Int)
    case malformedFile(file: String, JSONError)
    case notAnObject(file: String)
    case notAnArray(file: String)
    case weights(SafetensorsError)

    // What the files say.
    case value(file: String, key: String, found: String, wanted: String)
    case unsupportedArchitecture(name: String, supported: [String])
    case unsupportedRope(type: String, supported: [String])
    case quantizedCheckpoint(method: String)

    // The tensors.
    case missingTensors(names: [String])
    case unknownTensors(names: [String], architecture: String)
    case tensorShape(name: String, found: [Int], wanted: [Int])
    case tensorType(name: String, type: String)

    // An adapter.
    case adapter(path: String, problem: String)

    // The vocabulary.
    case noTokenizer(folder: String)
    case tokenizer(file: String, problem: String)
    case sentencePiece(file: String, TokenizationError)
    case tokenPastVocabulary(text: String, id: Int, vocabularySize: Int)
    case unknownPreTokenizer(patterns: [String])

    public var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .missingFile(let folder, let name): "'\(folder)': no file '\(name)'"
        case .fileTooLarge(let file, let count, let limit): "'\(file)': \(count) bytes, more than the limit of \(limit)"
        case .malformedFile(let file, let error): "'\(file)': \(error)"
        case .notAnObject(let file): "'\(file)': not a JSON object"
        case .notAnArray(let file): "'\(file)': not a JSON array"
        case .weights(let error): "\(error)"
        case .value(let file, let key, let found, let wanted): "'\(file)': '\(key)' is \(found), wanted \(wanted)"
        case .unsupportedArchitecture(let name, let supported):
            "architecture '\(name)' cannot be converted; supported: \(supported.joined(separator: ", "))"
        case .unsupportedRope(let type, let supported):
            "rope type '\(type)' cannot be converted; supported: \(supported.joined(separator: ", "))"
        case .quantizedCheckpoint(let method):
            "the checkpoint is quantized (\(method)); wanted one in F32, F16 or BF16"
        case .missingTensors(let names): "the checkpoint lacks \(Self.list(names))"
        case .unknownTensors(let names, let architecture): "\(Self.list(names)) not known to \(architecture)"
        case .tensorShape(let name, let found, let wanted): "tensor '\(name)': shape \(found), wanted \(wanted)"
        case .tensorType(let name, let type): "tensor '\(name)': type \(type), wanted F32, F16 or BF16"
        case .adapter(let path, let problem): "adapter '\(path)': \(problem)"
        case .noTokenizer(let folder): "'\(folder)': none of 'tokenizer.model', 'tokenizer.json' and 'vocab.txt'"
        case .tokenizer(let file, let problem): "'\(file)': \(problem)"
        case .sentencePiece(let file, let error): "'\(file)': \(error)"
        case .tokenPastVocabulary(let text, let id, let size):
            "token '\(text)' has the id \(id), but 'vocab_size' is \(size)"
        case .unknownPreTokenizer(let patterns):
            "tokenizer.json splits text by rules that no known pre-tokenizer has: \(Self.list(patterns)); "
                + "name the one to use where you are sure of it"
        }
    }

    /// The first few of many names.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
