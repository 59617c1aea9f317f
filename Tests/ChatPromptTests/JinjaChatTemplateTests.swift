import ChatPrompt
import JSONText
import TestSupport
import Testing

/// A model's own Jinja as the source of prompts.
@Suite struct JinjaChatTemplateTests {
    static func template(_ source: String) throws -> JinjaChatTemplate {
        try JinjaChatTemplate(source, bosToken: "<s>", eosToken: "</s>", now: { 1_721_952_000 })
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `the sample model's prompts are those of transformers`() throws {
        let source = try SharedData.bytes("sample-chat/chat_template.jinja")
        let template = try Self.template(String(decoding: source, as: UTF8.self))
        let expected = try JSONValue(parsing: try SharedData.bytes("sample-chat/EXPECTED.json")).array ?? []
        #expect(expected.count == 28)
        for test in expected {
            let messages = try (test["messages"]?.array ?? []).map { try ChatMessage($0) }
            let tools = try (test["tools"]?.array ?? []).map { try ToolDefinition($0) }
            let thinks = test["options"]?["enable_thinking"]?.bool
            let think: ThinkSetting = thinks.map { $0 ? .on : .off } ?? .unset
            #expect(try template.render(messages, tools: tools, think: think) == test["prompt"]?.string)
        }
    }

    @Test func `the template sees what it needs`() throws {
        let template = try Self.template(
            """
            {{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m.content }}{% for c in m.tool_calls or [] %}\
            {{ c.function.name }}({{ c.function.arguments | tojson }}){% endfor %}|{% endfor %}\
            {{ tools is defined }}{{ enable_thinking is defined }}{{ strftime_now('%Y-%m-%d') }}{{ eos_token }}
            """)
        let call = ToolCall(name: "f", arguments: ["z": 1, "a": ["x"]])
        let messages = [ChatMessage(role: "user", content: "hi"), ChatMessage(role: "assistant", content: "", toolCalls: [call])]
        #expect(
            try template.render(messages, tools: [], think: .unset)
                == "<s>user:hi|assistant:f({\"z\": 1, \"a\": [\"x\"]})|FalseFalse2024-07-26</s>")
    }

    @Test func `capabilities and frames come from the text`() throws {
        let plain = try Self.template("{{ messages[0].content }}")
        #expect(plain.capabilities.isEmpty && plain.thinkingTags == nil && plain.toolCallTag == "{")
        let rich = try Self.template("{% for t in tools or [] %}{{ t }}{% endfor %}<tool_call><think></think>")
        #expect(rich.capabilities == [.tools, .thinking])
        #expect(rich.thinkingTags == .standard && rich.toolCallTag == "<tool_call>")
    }

    @Test func `a refusal tells why`() throws {
        let template = try Self.template("{{ raise_exception('no system role') }}")
        #expect(throws: ChatPromptError.self) { try template.render([], tools: [], think: .unset) }
        #expect(throws: ChatPromptError.self) { try Self.template("{% if %}") }
    }
}
