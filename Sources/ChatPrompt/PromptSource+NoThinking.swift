/// Holding a model to `think: false`.
extension PromptSource {
    /// What has to follow a prompt so that the model does not think: nothing where the template's own switch has done it, else the end
    /// of the thinking that the prompt began, or a pair of tags with nothing between, as the families with a switch write it.
    ///
    /// - Parameters:
    ///   - prompt: rendered with thinking off.
    ///   - hasSwitch: the template writes another prompt when thinking is on.
    public func endOfThinking(
        after prompt: String, syntax: ReplySyntax?, tools: [ToolDefinition], hasSwitch: Bool
    ) -> String {
        if let headers = syntax?.headers {
            // A call needs a header of its own, so with tools the header stays open and thoughts are dropped from the reply.
            guard tools.isEmpty, headers.openHeader(of: prompt) != nil else { return "" }
            return headers.answerHeader
        }
        guard let tags = syntax?.thinking.first ?? thinkingTags else { return "" }
        let isOnLines = tags == .standard
        if ThinkingParser.isInside(prompt: prompt, tags: tags) {
            return prompt.utf8.last == 0x0A ? "\n\(tags.closing)\n\n" : tags.closing
        }
        if hasSwitch || prompt.trimmingBlanks.utf8.reversed().starts(with: tags.closing.utf8.reversed()) { return "" }
        return isOnLines ? "\(tags.opening)\n\n\(tags.closing)\n\n" : tags.opening + tags.closing
    }

    /// Whether the template writes different prompts for thinking on and off.
    public func switchesThinking(_ messages: [ChatMessage], tools: [ToolDefinition]) -> Bool {
        let prompts = [ThinkSetting.on, .off].map { try? render(messages, tools: tools, think: $0) }
        return prompts[0] != prompts[1]
    }
}
