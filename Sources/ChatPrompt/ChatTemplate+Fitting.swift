/// A prompt that was made to fit a context.
public struct FittedPrompt: Sendable, Equatable {
    public let text: String
    /// How many messages from the front were left out (system messages among them were kept all the same).
    public let droppedCount: Int
    /// How many pictures the kept messages have: `[img-0]` and on in the text.
    public let imageCount: Int

    package init(text: String, droppedCount: Int, imageCount: Int) {
        self.text = text
        self.droppedCount = droppedCount
        self.imageCount = imageCount
    }
}

extension PromptSource {
    /// What Ollama takes a picture for, as long as it is not encoded.
    public static var tokensPerImage: Int { 768 }

    /// The prompt for as much of the conversation as fits: the oldest messages go one by one, system messages stay in front, and
    /// the last message stays even where it is too long alone.
    ///
    /// - Parameters:
    ///   - contextLength: tokens that the context holds; nil leaves nothing out.
    ///   - tokensPerImage: 0 for a model without a projector.
    ///   - countTokens: how many tokens a prompt has.
    public func fit(
        _ messages: [ChatMessage], tools: [ToolDefinition] = [], think: ThinkSetting = .unset, contextLength: Int?,
        tokensPerImage: Int = 0, countTokens: (String) throws -> Int
    ) throws -> FittedPrompt {
        var dropped = 0
        if let contextLength {
            for start in messages.indices {
                dropped = start
                if start == messages.indices.last { break }
                // A template may refuse what is left without its beginning; then that has to go too.
                guard start == 0 || (try? render(Self.kept(messages, from: start), tools: tools, think: think)) != nil else {
                    continue
                }
                let text = try render(Self.kept(messages, from: start), tools: tools, think: think)
                let images = messages[start...].reduce(0) { $0 + $1.imageCount }
                let (imageTokens, overflow) = images.multipliedReportingOverflow(by: tokensPerImage)
                if !overflow, try countTokens(text) <= contextLength - imageTokens { break }
            }
        }
        let rest = ChatMessage.taggingImages(Array(messages[dropped...]))
        let text = try render(Self.systemMessages(messages[..<dropped]) + rest, tools: tools, think: think)
        return FittedPrompt(text: text, droppedCount: dropped, imageCount: rest.reduce(0) { $0 + $1.imageCount })
    }

    private static func kept(_ messages: [ChatMessage], from start: Int) -> [ChatMessage] {
        systemMessages(messages[..<start]) + messages[start...]
    }

    private static func systemMessages(_ messages: ArraySlice<ChatMessage>) -> [ChatMessage] {
        messages.filter { $0.role == "system" }
    }
}
