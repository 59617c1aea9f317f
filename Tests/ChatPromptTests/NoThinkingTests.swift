import ChatPrompt
import TestSupport
import Testing

/// `think: false` is held, whatever the template can and whatever the model writes.
@Suite struct NoThinkingTests {
    /// Numbers that follow from a seed.
    struct Chance: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 31)
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `two hundred replies to every template that thinks show neither thoughts nor tags`() throws {
        var count = 0
        for source in try ReplyRoundTripTests.sources() {
            guard let template = try? JinjaChatTemplate(source.text, bosToken: "<s>", eosToken: "</s>", now: { 0 }),
                template.capabilities.contains(.thinking), let syntax = template.replySyntax, syntax.headers == nil
            else { continue }
            count += 1
            let messages = [ChatMessage(role: "user", content: "Why?")]
            var prompt = try template.render(messages, tools: [], think: .off)
            prompt += template.endOfThinking(
                after: prompt, syntax: syntax, tools: [], hasSwitch: template.switchesThinking(messages, tools: []))
            for tags in syntax.thinking { #expect(!ThinkingParser.isInside(prompt: prompt, tags: tags), "\(source.name)") }
            for seed in 0..<200 {
                let reply = Self.reply(syntax.thinking[0], seed: UInt64(seed))
                let read = ParsedReply(template.replyParser(prompt: prompt, tools: [], think: .off, syntax: syntax), reply)
                #expect(read.thinking.isEmpty && !read.content.contains("secret"), "\(source.name) \(reply)")
                for tags in syntax.thinking {
                    #expect(!read.content.contains(tags.opening) && !read.content.contains(tags.closing), "\(source.name) \(reply)")
                }
            }
        }
        #expect(count >= 15)
    }

    /// A reply with thoughts in random places, in random pieces.
    private static func reply(_ tags: ThinkingTags, seed: UInt64) -> [String] {
        var chance = Chance(state: seed &+ 77)
        var text = ""
        for _ in 0..<Int.random(in: 1...6, using: &chance) {
            switch Int.random(in: 0..<4, using: &chance) {
            case 0: text += "\(tags.opening)\nsecret \(Int.random(in: 0..<9, using: &chance))\n\(tags.closing)\n\n"
            case 1: text += "word a < b [c] "
            case 2: text += tags.closing
            default: text += "\nline"
            }
        }
        if Bool.random(using: &chance) { text += "\(tags.opening) secret to the end" }
        var pieces: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let size = Int.random(in: 1...5, using: &chance)
            pieces.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    @Test func `a prompt that begins thinking, or has no switch, is ended as its family ends it`() throws {
        let open = try JinjaChatTemplateTests.template("{{ messages[0].content }}<think>\n{# </think> #}")
        let messages = [ChatMessage(role: "user", content: "hi")]
        let prompt = try open.render(messages, tools: [], think: .off)
        #expect(open.endOfThinking(after: prompt, syntax: nil, tools: [], hasSwitch: false) == "\n</think>\n\n")
        #expect(open.endOfThinking(after: "hi:", syntax: nil, tools: [], hasSwitch: false) == "<think>\n\n</think>\n\n")
        #expect(open.endOfThinking(after: "hi:", syntax: nil, tools: [], hasSwitch: true) == "")
        #expect(open.endOfThinking(after: "<think>\n\n</think>\n\n", syntax: nil, tools: [], hasSwitch: false) == "")
        let harmony = ReplySyntax(headers: .harmony)
        #expect(
            open.endOfThinking(after: "<|start|>assistant", syntax: harmony, tools: [], hasSwitch: false)
                == "<|channel|>final<|message|>")
    }
}
