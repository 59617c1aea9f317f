internal import GGUF

/// Why a model's metadata does not give a tokenizer.
public enum TokenizationError: Error, Equatable, CustomStringConvertible {
    /// `tokenizer.ggml.model` is missing: the file has no vocabulary.
    case noTokenizer
    /// A tokenizer model that Quern has no algorithm for.
    case unsupportedModel(String)
    /// A `tokenizer.ggml.pre` that names no known rule for splitting text.
    case unknownPreTokenizer(String)
    case missingKey(String)
    /// A key whose value has the wrong type.
    case wrongType(key: String, found: String, wanted: String)
    /// A list that should have one element per token.
    case tooFewElements(key: String, found: Int, tokens: Int)
    case emptyVocabulary
    case tooManyTokens(Int)
    case tokenTooLong(id: Int, bytes: Int)
    /// A merge that is not two symbols with a space between them.
    case malformedMerge(index: Int, text: String)
    /// A character map whose parts do not fit its length.
    case malformedCharacterMap(String)
    /// A SentencePiece model file that is not one, or is damaged.
    case malformedSentencePieceModel(offset: Int, reason: String)

    public var description: String {
        switch self {
        case .noTokenizer:
            "no tokenizer: key '\(GGUFKey.tokenizerModel)' is missing"
        case .unsupportedModel(let name):
            "tokenizer model '\(name)' is not supported; supported are \(TokenizerModel.namesInProse)"
        case .unknownPreTokenizer(let name):
            "pre-tokenizer '\(name)' is not known"
        case .missingKey(let key):
            "tokenizer: key '\(key)' is missing"
        case .wrongType(let key, let found, let wanted):
            "tokenizer: key '\(key)' is \(found), not \(wanted)"
        case .tooFewElements(let key, let found, let tokens):
            "tokenizer: key '\(key)' has \(found) elements for \(tokens) tokens"
        case .emptyVocabulary:
            "tokenizer: key '\(GGUFKey.tokens)' holds no tokens"
        case .tooManyTokens(let count):
            "tokenizer: \(count) tokens, more than the limit of \(Vocabulary.maximumCount)"
        case .tokenTooLong(let id, let bytes):
            "token \(id): \(bytes) bytes, more than the limit of \(Vocabulary.maximumTokenLength)"
        case .malformedMerge(let index, let text):
            "merge \(index): '\(text)' is not two symbols with a space between them"
        case .malformedCharacterMap(let reason):
            "tokenizer: key '\(GGUFKey.precompiledCharsmap)': \(reason)"
        case .malformedSentencePieceModel(let offset, let reason):
            "SentencePiece model: \(reason) at byte \(offset)"
        }
    }
}
