import ChatPrompt
import GGUF
import ModelManifest
import Packaging
import Runner
import Tokenization

/// How a model's replies are read, and how thinking is kept out of them.
extension ChatModel {
    /// The syntax of a model's replies: the package's `PARSER`, gpt-oss's own, else what the template shows.
    static func syntax(of package: PackageView?, model: LoadedModel, template: any PromptSource) -> ReplySyntax? {
        if let named = package.flatMap({ ReplySyntax(parserNamed: $0.config.parser) }) { return named }
        let family = model.file.metadata.architecture ?? ""
        if let source = package?.template, ReplySyntax.speaksHarmony(family: family, template: source) {
            return ReplySyntax(headers: .harmony)
        }
        return template.replySyntax
    }

    /// What has to be written behind a prompt for a reply without thinking.
    func endOfThinking(after prompt: String, _ messages: [ChatMessage], _ tools: [ToolDefinition]) -> String {
        template.endOfThinking(
            after: prompt, syntax: syntax, tools: tools, hasSwitch: template.switchesThinking(messages, tools: tools))
    }

    /// The special tokens that the reader of replies looks for; without thinking, none may begin it.
    func replyTokens(_ think: ThinkSetting) -> ReplyTokens {
        let tags = syntax?.thinking ?? template.thinkingTags.map { [$0] } ?? []
        return ReplyTokens(
            signs: syntax?.signs ?? tags.flatMap { [$0.opening, $0.closing] } + [template.toolCallTag],
            forbidden: think == .off ? tags.map(\.opening) : [], in: model.tokenizer.vocabulary)
    }

    /// The signs behind which the answer's format begins; nil where it begins at once.
    func formatThinking(after prompt: String, _ think: ThinkSetting) -> ReplyFormat.Thinking? {
        guard think.isOn else { return nil }
        if let headers = syntax?.headers {
            // Whatever the model says to itself, or to tools, comes before the answer's header.
            let answer = headers.answerHeader
            return headers.openHeader(of: prompt) == nil ? nil : .init(opening: headers.headerEnd, closing: answer, isOpen: true)
        }
        guard let tags = syntax?.thinking.first ?? template.thinkingTags else { return nil }
        return .init(
            opening: tags.opening, closing: tags.closing, isOpen: ThinkingParser.isInside(prompt: prompt, tags: tags))
    }
}
