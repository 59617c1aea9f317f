import ChatPrompt
import Testing

@Suite("fitting a conversation into a context")
struct FittingTests {
    static func message(_ role: String, _ text: String, images: Int = 0) -> ChatMessage {
        ChatMessage(role: role, content: text, imageCount: images)
    }

    let template: ChatTemplate
    static let conversation = [
        message("system", "sys"), message("user", "one"), message("assistant", "two"), message("user", "three"),
    ]

    init() throws {
        template = try ChatTemplate("{{ range .Messages }}{{ .Content }} {{ end }}", today: { 0 })
    }

    /// A token for each word.
    func fit(_ messages: [ChatMessage], _ contextLength: Int?, tokensPerImage: Int = 0) throws -> FittedPrompt {
        try template.fit(messages, contextLength: contextLength, tokensPerImage: tokensPerImage) { text in
            text.split(separator: " ").count
        }
    }

    @Test(arguments: [
        (4, 0, "sys one two three "), (3, 2, "sys two three "), (2, 3, "sys three "), (1, 3, "sys three "), (0, 3, "sys three "),
    ])
    func `the oldest go first, system and the last message stay`(_ length: Int, _ dropped: Int, _ text: String) throws {
        #expect(try fit(Self.conversation, length) == FittedPrompt(text: text, droppedCount: dropped, imageCount: 0))
    }

    @Test func `without a limit nothing is left out, and nothing is counted`() throws {
        let fitted = try template.fit(Self.conversation, contextLength: nil) { _ in throw CancellationError() }
        #expect(fitted.text == "sys one two three ")
    }

    @Test func `pictures are numbered over the messages kept and cost tokens`() throws {
        let messages = [
            Self.message("user", "a", images: 1), Self.message("assistant", "b"), Self.message("user", "c [img] d", images: 2),
        ]
        #expect(try fit(messages, nil).text == "[img-0]a b [img-2]c [img-1] d ")
        let fitted = try fit(messages, 20, tokensPerImage: 8)
        #expect(fitted == FittedPrompt(text: "b [img-1]c [img-0] d ", droppedCount: 1, imageCount: 2))
    }

    @Test func `an empty conversation is no message to drop`() throws {
        #expect(try fit([], 0) == FittedPrompt(text: "", droppedCount: 0, imageCount: 0))
    }
}
