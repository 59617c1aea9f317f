public import ChatPrompt

/// A model as tests see it. Whoever can run models (the command line, with the included runner) makes one of these.
public protocol TestedModel {
    /// The prompt for a conversation, with the package's own system text where the conversation brings none.
    func prompt(for test: TestCase) throws -> String
    /// The ids of a prompt's tokens.
    func tokens(of prompt: String) throws -> [Int]
    /// - Parameter limit: tokens after which generation ends in any case; nil is what the options say.
    func answer(_ test: TestCase, limit: Int?) throws -> TestedAnswer
}

/// What the model said.
public struct TestedAnswer: Sendable {
    public var text: String
    public var thinking: String
    public var toolCalls: [ToolCall]
    /// Whether the model ended its turn or came to a stop text.
    public var hasStopped: Bool
    public var tokenCount: Int

    public init(text: String, thinking: String = "", toolCalls: [ToolCall] = [], hasStopped: Bool, tokenCount: Int) {
        (self.text, self.thinking, self.toolCalls) = (text, thinking, toolCalls)
        (self.hasStopped, self.tokenCount) = (hasStopped, tokenCount)
    }
}
