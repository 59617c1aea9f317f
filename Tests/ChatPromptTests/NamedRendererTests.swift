import ChatPrompt
import TestSupport
import Testing

/// The prompts behind names in `RENDERER`.
@Suite struct NamedRendererTests {
    static func template(_ name: String) throws -> JinjaChatTemplate {
        let source = try #require(NamedRenderer.source(named: name))
        return try JinjaChatTemplate(source, bosToken: "", eosToken: "", now: { 1_795_392_000 })
    }

    static let talk = [
        ChatMessage(role: "system", content: "Be kind."), ChatMessage(role: "user", content: "Hi"),
        ReplyRoundTripTests.assistant("Hello!"), ChatMessage(role: "user", content: "How {are} you?"),
    ]

    /// What a prompt ends with, thinking on and off.
    static let ends: [(name: String, on: String, off: String)] = [
        ("qwen3-coder", "<|im_start|>assistant\n", "<|im_start|>assistant\n"),
        ("qwen3-vl-instruct", "<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n"),
        ("qwen3-vl-thinking", "<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n"),
        ("qwen3.5", "<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        ("qwen3.8", "<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        ("ornith", "<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        ("cogito", "<｜Assistant｜><think>\n", "<｜Assistant｜>"),
        ("deepseek3.1", "<｜Assistant｜><think>", "<｜Assistant｜></think>"),
        ("olmo3", "<|im_start|>assistant\n", "<|im_start|>assistant\n"),
        ("olmo3.1", "<|im_start|>assistant\n", "<|im_start|>assistant\n"),
        ("olmo3-think", "<|im_start|>assistant\n<think>", "<|im_start|>assistant\n<think>"),
        ("olmo3-32b-think", "<|im_start|>assistant\n<think>", "<|im_start|>assistant\n<think>"),
        ("nemotron-3-nano", "<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n<think></think>"),
        ("nemotron-3.5-nano", "<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n<think></think>"),
        ("gemma4", "<|turn>model\n", "<|turn>model\n"), ("gemma4-small", "<|turn>model\n", "<|turn>model\n"),
        ("gemma4-large", "<|turn>model\n", "<|turn>model\n<|channel>thought\n<channel|>"),
        ("functiongemma", "<start_of_turn>model\n", "<start_of_turn>model\n"),
        ("glm-4.7", "<|assistant|><think>", "<|assistant|></think>"),
        ("glm-ocr", "<|assistant|>\n", "<|assistant|>\n<think></think>\n"),
        ("lfm2", "<|im_start|>assistant\n", "<|im_start|>assistant\n"),
        ("lfm2-thinking", "<|im_start|>assistant\n", "<|im_start|>assistant\n"),
        ("laguna", "<assistant>\n<think>", "<assistant>\n</think>"), ("poolside-v1", "<assistant><think>", "<assistant></think>"),
        ("cohere", "<|CHATBOT_TOKEN|><|START_THINKING|>", "<|CHATBOT_TOKEN|><|START_THINKING|><|END_THINKING|>"),
        ("glimmer", "<|start|>assistant", "<|start|>assistant"),
    ]

    @Test func `every name is in the table and in the list`() {
        #expect(Self.ends.map(\.name).sorted() == NamedRenderer.names)
        #expect(NamedRenderer.source(named: "nobody") == nil)
    }

    @Test(arguments: ends) func `a prompt begins the answer as the family does`(name: String, on: String, off: String) throws {
        let template = try Self.template(name)
        for (think, end) in [(ThinkSetting.on, on), (.off, off)] {
            let prompt = try template.render(Self.talk, tools: [], think: think)
            #expect(prompt.hasSuffix(end), "\(prompt)")
            #expect(prompt.contains("Be kind.") && prompt.contains("Hello!") && prompt.contains("How {are} you?"))
        }
    }

    @Test(arguments: NamedRenderer.names) func `a begun answer stays open`(name: String) throws {
        // Families that think begin every answer with a thought, or end the turn in any case.
        if ["olmo3-think", "olmo3-32b-think", "poolside-v1"].contains(name) { return }
        let template = try Self.template(name)
        let prompt = try template.render(Array(Self.talk.dropLast()), tools: [], think: .off)
        let end = name == "laguna" ? "Hello!\n" : "Hello!"
        #expect(prompt.hasSuffix(end), "\(prompt)")
    }

    @Test(arguments: NamedRenderer.names) func `what a renderer writes of a reply, its parser reads`(name: String) throws {
        let template = try Self.template(name)
        let syntax = try #require(template.replySyntax)
        for reply in ReplyRoundTripTests.replies {
            let problem = ReplyRoundTripTests.problem(template, syntax, reply)
            #expect(problem == nil, "\(problem ?? "")")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `Muse Glimmer's renderer writes what its own template writes`() throws {
        let source = String(decoding: try SharedData.bytes("templates/jinja/muse-glimmer.jinja"), as: UTF8.self)
        let own = try JinjaChatTemplate(source, bosToken: "<|begin_of_text|>", eosToken: "", now: { 1_795_392_000 })
        let renderer = try Self.template("glimmer")
        let answered = ChatMessage(role: "tool", content: "21 C", toolName: "get_weather", toolCallID: "abcdefghi")
        for reply in ReplyRoundTripTests.replies {
            let messages = Self.talk + [reply] + (reply.toolCalls.count == 1 ? [answered] : []) + Self.talk.suffix(1)
            let tools = reply.toolCalls.isEmpty ? [] : ReplyRoundTripTests.tools
            #expect(try renderer.render(messages, tools: tools, think: .on) == own.render(messages, tools: tools, think: .on))
        }
    }

    @Test func `Gemma 4's size decides what an answer without thinking begins with`() throws {
        func isLarge(_ model: String, _ count: Int? = nil) -> Bool {
            NamedRenderer.source(named: "gemma4", model: model, parameterCount: count)
                == NamedRenderer.source(named: "gemma4-large")
        }
        #expect(!isLarge("gemma4:e4b", 20_000_000_000) && isLarge("gemma4:26b-it", 1) && isLarge("mine", 12_000_000_000))
        #expect(!isLarge("mine", 4_000_000_000) && !isLarge("mine"))
    }
}
