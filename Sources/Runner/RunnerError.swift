import TransformerEngine

/// Why a model could not be loaded or run.
public enum RunnerError: Error, Equatable, CustomStringConvertible {
    case optionType(name: String, wanted: String)
    /// A name that is no type of a KV cache.
    case cacheType(String)
    /// The model's file cannot be used; the reason names the file or the part.
    case unusable(String)
    /// The prompt has more tokens than the context takes.
    case promptTooLong(tokens: Int, contextLength: Int)
    /// A text to be embedded has more tokens than the model takes.
    case inputTooLong
    /// A draft model cannot guess for the model.
    case draftVocabulary(String)
    /// The format that an answer is held to leaves no token that could come next.
    case formatStuck
    /// A file that was named as a prompt cache is something else.
    case noPromptCache(String)
    case cancelled

    public var description: String {
        switch self {
        case .optionType(let name, let wanted): "option \"\(name)\" must be of type \(wanted)"
        case .cacheType(let name):
            "KV cache type '\(name)' is not supported; supported are \(CacheType.allCases.map(\.rawValue).joined(separator: ", "))"
        case .unusable(let reason): reason
        case .promptTooLong(let tokens, let contextLength):
            "the prompt has \(tokens) tokens, but the context holds \(contextLength) (raise num_ctx)"
        case .inputTooLong: "the input length exceeds the context length"
        case .draftVocabulary(let problem): "the draft model has another vocabulary: \(problem)"
        case .formatStuck: "the answer's format leaves no token of the model's vocabulary that could come next"
        case .noPromptCache(let path): "'\(path)' is not a prompt cache"
        case .cancelled: "cancelled"
        }
    }
}
