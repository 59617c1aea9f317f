/// Whatever turns a conversation into the text that a model reads: a Go template, or the model's own Jinja.
public protocol PromptSource: Sendable {
    /// What the model can do, as far as its template shows.
    var capabilities: Set<ChatTemplate.Capability> { get }
    /// The tags round what the model thinks; nil where it does not.
    var thinkingTags: ThinkingTags? { get }
    /// What begins a tool call in a reply.
    var toolCallTag: String { get }
    /// How the model writes replies, where the template tells; nil leaves them to Ollama's rule for Go templates.
    var replySyntax: ReplySyntax? { get }
    /// The prompt for a conversation, up to where the model's answer begins.
    func render(
        _ messages: [ChatMessage], tools: [ToolDefinition], think: ThinkSetting
    ) throws(ChatPromptError) -> String
}

extension PromptSource {
    public var replySyntax: ReplySyntax? { nil }
}

extension ChatTemplate: PromptSource {}
