import ChatPrompt
import Testing

@Suite("telling thinking from answer")
struct ThinkingParserTests {
    static func run(_ pieces: [String], startsInside: Bool = false) -> ThinkingParser.Part {
        var parser = ThinkingParser(tags: .standard, startsInside: startsInside)
        var total = ThinkingParser.Part()
        for part in pieces.map({ parser.consume($0) }) + [parser.finish()] {
            total.thinking += part.thinking
            total.content += part.content
        }
        return total
    }

    @Test(arguments: [
        ("<think>a b</think>c", "a b", "c"), (" \n<think>\n a\n</think>\n\n c ", "a\n", "c "), ("plain answer", "", "plain answer"),
        ("  indented", "", "  indented"), ("<thinking>x", "", "<thinking>x"), ("<thin", "", "<thin"), ("", "", ""),
        ("  ", "", "  "),
        ("<think>never ends </thi", "never ends </thi", ""), ("<think></think>x", "", "x"), ("<think> </think> ", "", ""),
        ("a <think>b</think>", "", "a <think>b</think>"), ("<think>a</think>b</think>c", "a", "b</think>c"),
        ("<think>a</ </think </think>é", "a</ </think ", "é"), ("\u{3000}<think>\u{A0}é</think>\u{2003}日本", "é", "日本"),
        ("<think>x<think>y</think>z", "x<think>y", "z"),
    ])
    func `however the reply is cut, the parts are the same`(_ text: String, _ thinking: String, _ content: String) {
        for pieces in everySplit(text) {
            #expect(Self.run(pieces) == ThinkingParser.Part(thinking: thinking, content: content), "\(pieces)")
        }
    }

    @Test(arguments: [
        ("\na b\n</think>\n\nc", "a b\n", "c"), ("no end", "no end", ""), ("</think>x", "", "x"),
        ("<think>a</think>b", "<think>a", "b"),
    ])
    func `behind a prompt that ends with the tag the reply begins with thinking`(
        _ text: String, _ thinking: String, _ content: String
    ) {
        for pieces in everySplit(text) {
            #expect(Self.run(pieces, startsInside: true) == ThinkingParser.Part(thinking: thinking, content: content), "\(pieces)")
        }
    }

    @Test func `thinking is passed on as soon as it is certain`() {
        var parser = ThinkingParser(tags: .standard)
        #expect(parser.consume("<think>so") == ThinkingParser.Part(thinking: "so"))
        #expect(parser.consume(" far</th") == ThinkingParser.Part(thinking: " far"))
        #expect(parser.consume("i") == ThinkingParser.Part())
        #expect(parser.consume("s ") == ThinkingParser.Part(thinking: "</this "))
    }

    @Test func `a prompt leaves the model inside its thinking when it ends with the tag`() {
        #expect(ThinkingParser.isInside(prompt: "x\n<think>\n", tags: .standard))
        #expect(!ThinkingParser.isInside(prompt: "x<think>\n\n</think>\n\n", tags: .standard))
    }

    @Test func `earlier turns lose their thinking, the last does not`() {
        let messages = [
            ChatMessage(role: "assistant", content: "<think>a</think>\n\nb"),
            ChatMessage(role: "user", content: "<think>u</think>"),
            ChatMessage(role: "assistant", content: "<think>c</think>d"),
        ]
        #expect(ChatMessage.droppingEarlierThinking(messages).map(\.content) == ["b", "<think>u</think>", "<think>c</think>d"])
        #expect(ChatMessage.dropsEarlierThinking(family: "qwen3", modelName: "x"))
        #expect(ChatMessage.dropsEarlierThinking(family: "qwen2", modelName: "deepseek-r1"))
        #expect(!ChatMessage.dropsEarlierThinking(family: "llama", modelName: "qwen3"))
    }
}
