public import ChatPrompt

/// A conversation that two templates are compared on.
public struct ProofCase: Sendable {
    /// What a template has to know for the conversation to mean anything to it.
    public enum Feature: String, Sendable, CaseIterable {
        case system
        case manyTurns
        /// Neighbours of the same role, which Ollama joins before a template sees them.
        case sameRoleTwice
        /// The conversation does not go system, user, assistant, user.
        case unusualOrder
        case tools
        case toolCalls
        case parallelCalls
        /// A tool's properties are not in alphabetical order, in which Go's maps are walked.
        case keyOrder
        case thinking
        case thinkingInHistory
        case images
        case emptyContent
        /// White space round contents, which many templates trim.
        case whiteSpace
        case unicode
        case braces
        case specialTokens
        /// The model goes on with an answer that was begun: the prompt has no generation prompt.
        case begunAnswer
    }

    /// `system-user`: how reports call the case.
    public let name: String
    /// What it is, in words.
    public let about: String
    public let features: Set<Feature>
    public let messages: [ChatMessage]
    public let tools: [ToolDefinition]
    public let think: ThinkSetting

    public init(
        _ name: String, _ about: String, _ features: Set<Feature> = [], _ messages: [ChatMessage], tools: [ToolDefinition] = [],
        think: ThinkSetting = .unset
    ) {
        (self.name, self.about, self.features) = (name, about, features)
        (self.messages, self.tools, self.think) = (messages, tools, think)
    }

    /// The same case with other messages.
    func with(messages: [ChatMessage]) -> ProofCase {
        ProofCase(name, about, features, messages, tools: tools, think: think)
    }

    /// The same case, asking less of a template.
    func without(_ feature: Feature) -> ProofCase {
        ProofCase(name, about, features.subtracting([feature]), messages, tools: tools, think: think)
    }

    /// The same case with other tools.
    func with(tools: [ToolDefinition]) -> ProofCase {
        ProofCase(name, about, features, messages, tools: tools, think: think)
    }
}
