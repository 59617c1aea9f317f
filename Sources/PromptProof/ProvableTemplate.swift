public import ChatPrompt
import GoTemplate
import JinjaTemplate

/// What can be compared with a model's own template: a TEMPLATE, or the template behind a RENDERER.
public protocol ProvableTemplate: PromptSource {
    /// The text that the places in a prompt's trace point into.
    var provableSource: String { get }
    /// The prompt, and which place of the text wrote which of its bytes.
    func provableTrace(
        _ messages: [ChatMessage], tools: [ToolDefinition], think: ThinkSetting
    ) throws(ChatPromptError) -> PromptTrace
}

extension ChatTemplate: ProvableTemplate {
    public var provableSource: String { template.source }

    public func provableTrace(
        _ messages: [ChatMessage], tools: [ToolDefinition], think: ThinkSetting
    ) throws(ChatPromptError) -> PromptTrace {
        try trace(messages, tools: tools, think: think)
    }
}

extension JinjaChatTemplate: ProvableTemplate {
    public var provableSource: String { program.source }

    public func provableTrace(
        _ messages: [ChatMessage], tools: [ToolDefinition], think: ThinkSetting
    ) throws(ChatPromptError) -> PromptTrace {
        try trace(messages, tools: tools, think: think)
    }
}
