public import ChatPrompt
public import JSONText

/// A file `Modelfile.test.yaml`: conversations with a package, and what must hold of each.
public struct TestSuite: Sendable {
    /// The end of a test file's name; what stands before it names the Modelfile beside it.
    public static let fileSuffix = ".test.yaml"

    /// The Modelfile, or the model, that the file names; nil is the Modelfile beside it.
    public var model: String?
    public var target: String?
    /// Values for the ARG lines of a Modelfile in the superset.
    public var arguments: [String: String] = [:]
    /// The type that the Modelfile's weights are quantized to for the tests, as `create --quantize` names it.
    public var quantization: String?
    public var cases: [TestCase] = []

    public init() {}
}

/// One conversation and what must hold of it.
public struct TestCase: Sendable {
    public var name: String
    /// The line of the file on which the test begins.
    public var line: Int
    public var messages: [ChatMessage] = []
    public var tools: [ToolDefinition] = []
    public var think = ThinkSetting.unset
    /// Over the package's own; seed and temperature 0 unless the file says otherwise, so that answers repeat.
    public var options = JSONObject()
    public var expectations: [Expectation] = []

    public init(name: String, line: Int) { (self.name, self.line) = (name, line) }

    /// Whether the model has to answer: prompts and their tokens are there without.
    public var needsAnswer: Bool { expectations.contains { $0.needsAnswer } }
}

/// Something that must hold.
public enum Expectation: Sendable {
    /// The text that goes to the model, to the last blank.
    case prompt(String)
    /// The ids of the prompt's tokens.
    case tokens([Int])
    /// The model ends its answer by itself, within this many tokens.
    case stops(within: Int?)
    case answer(String)
    case contains([String])
    case excludes([String])
    case matches([String])
    case schema(JSONValue)
    case thinking(String)
    /// The calls in order; arguments that are nil may be anything.
    case toolCalls([ExpectedCall])
    /// The conversation fails, with this in the error's text.
    case error(String)

    public struct ExpectedCall: Sendable {
        public var name: String
        public var arguments: JSONObject?
    }

    /// The key in the file.
    public var key: String {
        switch self {
        case .prompt: "prompt"
        case .tokens: "tokens"
        case .stops: "stops"
        case .answer: "answer"
        case .contains: "contains"
        case .excludes: "excludes"
        case .matches: "matches"
        case .schema: "schema"
        case .thinking: "thinking"
        case .toolCalls: "tool-calls"
        case .error: "error"
        }
    }

    var needsAnswer: Bool {
        switch self {
        case .prompt, .tokens, .error: false
        default: true
        }
    }
}
