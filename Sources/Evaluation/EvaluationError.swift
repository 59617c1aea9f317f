// Everything that can be wrong with what a model is to be measured on.

/// Why a model cannot be measured on a text, or against another one.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// The text is too short for two chunks after those that are skipped.
    case tooFewTokens(found: Int, wanted: Int, contextLength: Int)
    case contextLength(Int)
    /// Two models that are to be compared have different vocabularies.
    case vocabularies(Int, reference: Int)
    /// Two models that are to be compared make different tokens of the text.
    case differentTokens
    /// The activations before a tensor are infinite or not a number.
    case notFinite(tensor: String)
    /// A file of multiple-choice questions: the line, and what is wrong with it.
    case invalidChoices(line: Int, problem: String)
    case choiceTooLong(line: Int, tokens: Int, contextLength: Int)
    /// A file of work that was interrupted.
    case invalidCheckpoint(file: String, problem: String)

    public var description: String {
        switch self {
        case .tooFewTokens(let found, let wanted, let length):
            "the text has \(found) tokens, wanted \(wanted) at least for chunks of \(length)"
        case .contextLength(let length): "chunks of \(length) tokens, wanted 8 to 1048576"
        case .vocabularies(let found, let reference):
            "the model has \(found) tokens, the reference \(reference); they cannot be compared"
        case .differentTokens: "the model and the reference make different tokens of the text; they cannot be compared"
        case .notFinite(let tensor): "activations that meet tensor '\(tensor)' are infinite or not a number"
        case .invalidChoices(let line, let problem): "line \(line) of the questions: \(problem)"
        case .choiceTooLong(let line, let tokens, let length):
            "line \(line) of the questions: \(tokens) tokens, more than a context of \(length)"
        case .invalidCheckpoint(let file, let problem): "'\(file)': \(problem)"
        }
    }
}
