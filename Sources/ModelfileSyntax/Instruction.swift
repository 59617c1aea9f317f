/// The instructions of a Modelfile.
public enum Instruction: String, Sendable, Hashable, CaseIterable {
    case from = "FROM"
    case parameter = "PARAMETER"
    case template = "TEMPLATE"
    case system = "SYSTEM"
    case adapter = "ADAPTER"
    case license = "LICENSE"
    case message = "MESSAGE"
    case requires = "REQUIRES"
    case renderer = "RENDERER"
    case parser = "PARSER"
    case draft = "DRAFT"
    case arg = "ARG"
    case include = "INCLUDE"

    /// The word that begins the instruction, as it is usually written.
    public var keyword: String { rawValue }

    /// The instruction of `dialect` that `word` names, in capitals or not.
    public init?(keyword word: String, in dialect: ModelfileDialect = .plain) {
        self.init(rawValue: word.uppercased())
        guard dialect.contains(self) else { return nil }
    }

    /// What stands between the keyword and the value.
    public enum Argument: String, Sendable, Hashable {
        case parameterName = "parameter name"
        case role
    }

    public var argument: Argument? {
        switch self {
        case .parameter: .parameterName
        case .message: .role
        default: nil
        }
    }

    /// Whether the value is a text for the model, in which every character counts, not a name, path or number.
    public var takesText: Bool {
        switch self {
        case .template, .system, .license, .message: true
        case .from, .parameter, .adapter, .requires, .renderer, .parser, .draft, .arg, .include: false
        }
    }

    /// One line for help, completion and hover.
    public var summary: String {
        switch self {
        case .from: "what the model is made from: a model's name, a GGUF file or the folder of a checkpoint"
        case .parameter: "an option of the runner, such as temperature, num_ctx or stop"
        case .template: "the prompt template, in the language of Go's text/template"
        case .system: "the system prompt used when a request brings none"
        case .adapter: "a LoRA adapter: a GGUF file or a folder with adapter weights"
        case .license: "the text of a licence; may be repeated"
        case .message: "a message of an example conversation: role system, user or assistant, then its text"
        case .requires: "the oldest version that can run the model"
        case .renderer: "a built-in prompt renderer to use instead of the template"
        case .parser: "a built-in parser for the model's output"
        case .draft: "a small model that guesses ahead, to make generation faster"
        case .arg: "a name for a text, NAME or NAME=default, written ${NAME} where the text is wanted"
        case .include: "the instructions of another file, read as if they stood here"
        }
    }
}
