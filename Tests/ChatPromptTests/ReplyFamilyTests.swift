import ChatPrompt
import JSONText
import Testing

/// Replies as the families write them, cut everywhere.
@Suite struct ReplyFamilyTests {
    struct Family: Sendable, CustomTestStringConvertible {
        let name: String
        let syntax: ReplySyntax
        let reply: String
        var thinking = ""
        var content = ""
        var calls = ["add{\"a\":1,\"b\":\"x y\"}"]
        var prompt = ""

        var testDescription: String { name }
    }

    static let tools = ["add", "now"].compactMap { name in
        try? ToolDefinition([
            "type": "function",
            "function": [
                "name": .string(name),
                "parameters": ["type": "object", "properties": ["a": ["type": "integer"], "b": ["type": "string"]]],
            ],
        ])
    }

    static func parser(_ name: String) -> ReplySyntax { ReplySyntax(parserNamed: name) ?? ReplySyntax() }

    static let bare = ReplySyntax(calls: [.init(opening: "", end: .brackets)])
    static let python = ReplySyntax(calls: [.init(opening: "<|python_tag|>", end: .reply)])
    static let both = ["add{\"a\":1,\"b\":\"x y\"}", "now{}"]
    static let json = "{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": \"x y\"}}"

    static let families: [Family] = [
        Family(
            name: "Hermes, Qwen", syntax: parser("qwen3-thinking"),
            reply:
                "<think>\nSum.\n</think>\n\nHere:\n<tool_call>\n\(json)\n</tool_call>\n<tool_call>\n{\"name\":\"now\",\"arguments\":{}}\n</tool_call>\nDone.",
            thinking: "Sum.", content: "Here:\nDone.", calls: both),
        Family(
            name: "a closing tag inside a text", syntax: parser("qwen3"),
            reply: "<tool_call>{\"name\":\"add\",\"arguments\":{\"b\":\"</tool_call>\\\"\"}}</tool_call>",
            calls: ["add{\"b\":\"</tool_call>\\\"\"}"]),
        Family(
            name: "no closing tag", syntax: parser("qwen3"), reply: "<tool_call>\n\(json)"),
        Family(
            name: "Qwen3-Coder", syntax: parser("qwen3-coder"),
            reply:
                "Sure.\n\n<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n<parameter=b>\nx y\n</parameter>\n</function>\n</tool_call>",
            content: "Sure."),
        Family(
            name: "GLM", syntax: parser("glm-4.7"),
            reply:
                "I add.</think>Now.\n<tool_call>add\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n<arg_key>b</arg_key>\n<arg_value>x y</arg_value>\n</tool_call><tool_call>now</tool_call>",
            thinking: "I add.", content: "Now.", calls: both, prompt: "<|assistant|><think>"),
        Family(
            name: "Mistral with a list", syntax: parser("ministral"),
            reply: "[TOOL_CALLS] [\(json), {\"name\": \"now\", \"arguments\": {}, \"id\": \"a1\"}]", calls: both),
        Family(
            name: "Mistral with names in front", syntax: parser("ministral"),
            reply: "Ok. [TOOL_CALLS]add[CALL_ID]abc123def[ARGS]{\"a\": 1, \"b\": \"x y\"}[TOOL_CALLS]now[ARGS]{}", content: "Ok.",
            calls: both),
        Family(
            name: "Mistral without [ARGS]", syntax: parser("ministral"), reply: "[TOOL_CALLS]add{\"a\": 1, \"b\": \"x y\"}"),
        Family(
            name: "Llama's bare JSON", syntax: bare, reply: "{\"name\": \"add\", \"parameters\": {\"a\": 1, \"b\": \"x y\"}}"),
        Family(
            name: "JSON that is an answer", syntax: bare, reply: "{\"name\": \"Ann\", \"age\": 3} is it.",
            content: "{\"name\": \"Ann\", \"age\": 3} is it.", calls: []),
        Family(
            name: "Llama's built-in tools", syntax: python, reply: "<|python_tag|>add.call(a=1, b=\"x y\")"),
        Family(
            name: "Llama's code", syntax: python, reply: "<|python_tag|>print(1 + 1)\n",
            calls: ["python{\"code\":\"print(1 + 1)\"}"]),
        Family(
            name: "Llama's functions",
            syntax: ReplySyntax(calls: [.init(opening: "<function=", end: .text("</function>"), includesOpening: true)]),
            reply: "<function=add>{\"a\": 1, \"b\": \"x y\"}</function>"),
        Family(
            name: "DeepSeek V3.1", syntax: parser("deepseek3"),
            reply:
                "</think>Hm.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{\"a\": 1, \"b\": \"x y\"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
            content: "Hm.", calls: both, prompt: "<think>"),
        Family(
            name: "DeepSeek R1", syntax: parser("deepseek3"),
            reply:
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{\"a\": 1, \"b\": \"x y\"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
        ),
        Family(
            name: "Kimi K2",
            syntax: ReplySyntax(calls: [.init("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>")]),
            reply:
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.add:0<|tool_call_argument_begin|>{\"a\": 1, \"b\": \"x y\"}<|tool_call_end|><|tool_call_begin|>functions.now:1<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>",
            calls: both),
        Family(
            name: "MiniMax", syntax: ReplySyntax(calls: [.init("<minimax:tool_call>", "</minimax:tool_call>")]),
            reply:
                "<minimax:tool_call>\n<invoke name=\"add\">\n<parameter name=\"a\">1</parameter>\n<parameter name=\"b\">x y</parameter>\n</invoke>\n<invoke name=\"now\">\n</invoke>\n</minimax:tool_call>",
            calls: both),
        Family(
            name: "DeepSeek V3.2",
            syntax: ReplySyntax(calls: [.init("<｜DSML｜function_calls>", "</｜DSML｜function_calls>")]),
            reply:
                "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"add\">\n<｜DSML｜parameter name=\"a\" string=\"false\">1</｜DSML｜parameter>\n<｜DSML｜parameter name=\"b\" string=\"true\">x y</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>"
        ),
        Family(
            name: "Cohere", syntax: parser("cohere"),
            reply:
                "<|START_THINKING|>I add.<|END_THINKING|><|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"add\", \"parameters\": {\"a\": 1, \"b\": \"x y\"}}\n]<|END_ACTION|>",
            thinking: "I add."),
        Family(
            name: "Cohere's answer", syntax: parser("cohere"), reply: "<|START_RESPONSE|>Three.<|END_RESPONSE|>",
            content: "Three.", calls: []),
        Family(
            name: "Gemma 4", syntax: parser("gemma4"),
            reply:
                "<|channel>thought\nI add.\n<channel|>Ok.<|tool_call>call:add{a:1,b:<|\"|>x y<|\"|>}<tool_call|><|tool_call>call:now{}<tool_call|>",
            thinking: "I add.", content: "Ok.", calls: both),
        Family(
            name: "FunctionGemma", syntax: parser("functiongemma"),
            reply: "<start_function_call>call:add{a:1,b:<escape>x y<escape>}<end_function_call>"),
        Family(
            name: "LFM2", syntax: parser("lfm2-thinking"),
            reply: "<think>Hm</think><|tool_call_start|>[add(a=1, b='x y'), now()]<|tool_call_end|>Done.", thinking: "Hm",
            content: "Done.", calls: both),
        Family(
            name: "OLMo 3", syntax: parser("olmo3"),
            reply: "<function_calls>\nadd(a=1, b=\"x y\")\n</function_calls>"),
        Family(
            name: "Granite", syntax: ReplySyntax(calls: [.init(opening: "<|tool_call|>", end: .brackets)]),
            reply: "<|tool_call|>[\(json)]"),
        Family(
            name: "Functionary 3.2", syntax: ReplySyntax(headers: .functionary),
            reply: "all\nHere:\n>>>add\n{\"a\": 1, \"b\": \"x y\"}>>>now\n{}", content: "Here:", calls: both, prompt: "assistant>>>"
        ),
        Family(
            name: "Functionary 3.2, a text with a line of one word", syntax: ReplySyntax(headers: .functionary),
            reply: "Sure\nDone.", content: "Sure\nDone.", calls: [], prompt: ">>>"),
        Family(
            name: "calls in Python's way without a sign", syntax: bare, reply: "[add(a=1, b='x y'), now()]\nDone.",
            content: "Done.",
            calls: both),
        Family(
            name: "brackets that are no calls", syntax: bare, reply: "[add] is a tool, [now(x] is none.",
            content: "[add] is a tool, [now(x] is none.", calls: []),
        Family(
            name: "Functionary",
            syntax: ReplySyntax(calls: [.init(opening: "<function=", end: .text("</function>"), includesOpening: true)]),
            reply: "One moment.<function=add>{\"a\": 1, \"b\": \"x y\"}</function><function=now>{}</function>",
            content: "One moment.", calls: both),
        Family(
            name: "gpt-oss", syntax: parser("harmony"),
            reply:
                "<|channel|>analysis<|message|>I add.<|end|><|start|>assistant<|channel|>commentary<|message|>Wait.<|end|><|start|>assistant<|channel|>commentary to=functions.add <|constrain|>json<|message|>{\"a\": 1, \"b\": \"x y\"}<|call|>",
            thinking: "I add.", content: "Wait.", prompt: "<|start|>user<|message|>hi<|end|><|start|>assistant"),
        Family(
            name: "gpt-oss, recipient first", syntax: parser("harmony"),
            reply: " to=functions.add<|channel|>commentary json<|message|>{\"a\": 1, \"b\": \"x y\"}",
            prompt: "<|start|>assistant"),
        Family(
            name: "gpt-oss's answer", syntax: parser("harmony"),
            reply: "<|channel|>analysis<|message|>Easy.<|end|><|start|>assistant<|channel|>final<|message|>Three < four.<|return|>",
            thinking: "Easy.", content: "Three < four.", calls: [], prompt: "<|start|>assistant"),
        Family(
            name: "Muse Glimmer", syntax: parser("glimmer"),
            reply:
                " to=self<|message|>I add.<|eom|><|start|>assistant to=add<|message|><atem:function_calls>\n<atem:invoke name=\"add\">\n<atem:parameter name=\"a\">1</atem:parameter>\n<atem:parameter name=\"b\">x y</atem:parameter>\n</atem:invoke>\n</atem:function_calls>",
            thinking: "I add.", prompt: "<|start|>user<|message|>hi<|eot|><|start|>assistant"),
        Family(
            name: "Kimi K3",
            syntax: ReplySyntax(
                thinking: [ThinkingTags(opening: "<|open|>think<|sep|>", closing: "<|close|>think<|sep|>")],
                silent: ["<|open|>response<|sep|>", "<|close|>response<|sep|>"],
                calls: [.init("<|open|>tools<|sep|>", "<|close|>tools<|sep|>")]),
            reply:
                "I add.<|close|>think<|sep|><|open|>response<|sep|>Ok.<|close|>response<|sep|><|open|>tools<|sep|><|open|>call tool=\"add\" index=\"1\"<|sep|><|open|>argument key=\"a\" type=\"number\"<|sep|>1<|close|>argument<|sep|><|open|>argument key=\"b\" type=\"string\"<|sep|>x y<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>",
            thinking: "I add.", content: "Ok.", prompt: "<|open|>think<|sep|>"),
        Family(
            name: "thinking that never ends", syntax: parser("qwen3-thinking"), reply: "<think>\nIt might </thin",
            thinking: "It might </thin",
            calls: []),
        Family(
            name: "an answer about tags", syntax: parser("qwen3-thinking"), reply: "Use the <think> tag, a < b.",
            content: "Use the <think> tag, a < b.", calls: []),
    ]

    @Test(arguments: families)
    func `each family's replies are read the same however they are cut`(_ family: Family) {
        for pieces in everySplit(family.reply) {
            let parser = ReplyParser(family.syntax, prompt: family.prompt, tools: Self.tools)
            let reply = ParsedReply(parser, pieces)
            #expect(reply.thinking == family.thinking)
            #expect(reply.content == family.content)
            #expect(reply.callTexts == family.calls)
            #expect(reply.calls.map(\.index) == Array(0..<reply.calls.count))
        }
    }

    @Test func `every parser's name of Ollama's means something, others mean nothing`() {
        let names = [
            "qwen3", "qwen3-thinking", "qwen3.5", "ornith", "qwen3-coder", "qwen3-vl-instruct", "qwen3-vl-thinking", "ministral",
            "passthrough", "harmony", "cogito", "deepseek3", "cohere", "glimmer", "glm-4.7", "nemotron-3-nano", "nemotron-3.5-nano",
            "laguna", "poolside-v1", "olmo3", "olmo3-think", "functiongemma", "gemma4", "gemma4-no-thinking", "glm-ocr", "lfm2",
            "lfm2-thinking",
        ]
        for name in names { #expect(ReplySyntax(parserNamed: name) != nil, "\(name)") }
        #expect(ReplySyntax(parserNamed: "") == nil && ReplySyntax(parserNamed: "qwen9") == nil)
    }
}
