/// The families whose signs are known: by what their templates write, and by the names that packages give to parsers.
extension ReplySyntax {
    /// Pairs round thinking, the rarer ones first where one could be part of another.
    static let thinkingPairs = [
        ThinkingTags.standard, ThinkingTags(opening: "[THINK]", closing: "[/THINK]"),
        ThinkingTags(opening: "<seed:think>", closing: "</seed:think>"),
        ThinkingTags(opening: "<|START_THINKING|>", closing: "<|END_THINKING|>"),
        ThinkingTags(opening: "<|channel>thought", closing: "<channel|>"),
        ThinkingTags(opening: "<|open|>think<|sep|>", closing: "<|close|>think<|sep|>"),
        ThinkingTags(opening: "<|inner_prefix|>", closing: "<|inner_suffix|>"),
        ThinkingTags(opening: "Here are my reasoning steps:", closing: "[BEGIN FINAL RESPONSE]"),
        ThinkingTags(opening: "<reasoning>", closing: "</reasoning>"), ThinkingTags(opening: "<thinking>", closing: "</thinking>"),
    ]

    /// Signs round answers, in families that have any.
    static let silentSigns = [
        "<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>", "<response>", "</response>",
        "<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>", "<|end_of_msg|>", "<|tool_response>",
        "<|tools_prefix|>[]<|tools_suffix|>",
    ]

    /// Signs round calls; of those that a template mentions all are looked for.
    static let callSigns = [
        CallSigns("<tool_call>", "</tool_call>"), CallSigns(opening: "[TOOL_CALLS]", end: .brackets),
        CallSigns("<|tool_call_start|>", "<|tool_call_end|>"), CallSigns("<|START_ACTION|>", "<|END_ACTION|>"),
        CallSigns("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
        CallSigns("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"), CallSigns(opening: "<|python_tag|>", end: .reply),
        CallSigns("<seed:tool_call>", "</seed:tool_call>"), CallSigns("<minimax:tool_call>", "</minimax:tool_call>"),
        CallSigns("<TOOLCALL>", "</TOOLCALL>"), CallSigns("<tool_calls>", "</tool_calls>"),
        CallSigns("<|tool_call>", "<tool_call|>"), CallSigns("<start_function_call>", "<end_function_call>"),
        CallSigns("<|open|>tools<|sep|>", "<|close|>tools<|sep|>"), CallSigns("<function_calls>", "</function_calls>"),
        CallSigns("<｜DSML｜function_calls>", "</｜DSML｜function_calls>"),
        CallSigns("<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>"), CallSigns("<|tools_prefix|>", "<|tools_suffix|>"),
        CallSigns(opening: "<|tool_call|>", end: .brackets),
        CallSigns(opening: "functools[", end: .brackets, includesOpening: true),
        CallSigns(opening: "<function=", end: .text("</function>"), includesOpening: true),
        CallSigns(opening: "<function_call>", end: .brackets),
    ]

    /// Ollama's rule for gpt-oss: the family, and a Go template with the marks of messages.
    public static func speaksHarmony(family: String, template: String) -> Bool {
        ["gptoss", "gpt-oss"].contains(family) && template.contains("<|start|>") && template.contains("<|end|>")
    }

    /// What a template's text tells.
    static func mentioned(in source: String) -> ReplySyntax {
        if source.contains("<|channel|>"), source.contains("<|message|>") { return ReplySyntax(headers: .harmony) }
        if source.contains("atem:"), source.contains("<|message|>") { return ReplySyntax(headers: .glimmer) }
        if source.contains(">>>all") { return ReplySyntax(headers: .functionary) }
        var syntax = ReplySyntax()
        syntax.thinking = thinkingPairs.filter { source.contains($0.opening) && source.contains($0.closing) }
        if syntax.thinking.isEmpty, source.contains("</think>") { syntax.thinking = [.standard] }
        if source.contains("<|open|>") || source.contains("_xtml_open") { addOpenClose(to: &syntax) }
        syntax.silent += silentSigns.filter { source.contains($0) }
        syntax.calls += callSigns.filter { source.contains($0.opening) && !syntax.calls.contains($0) }
        if syntax.calls.count > 1 { syntax.calls.removeAll { $0.opening == "<function=" && !source.contains("<|python_tag|>") } }
        if source.contains("<|tool_list_start|>"), syntax.calls.isEmpty {
            syntax.calls = [CallSigns("<|tool_call_start|>", "<|tool_call_end|>")]
        }
        return syntax
    }

    /// Kimi K3 puts its tags together from parts, so that none of them stands in the template.
    private static func addOpenClose(to syntax: inout ReplySyntax) {
        syntax.thinking = [ThinkingTags(opening: "<|open|>think<|sep|>", closing: "<|close|>think<|sep|>")]
        syntax.silent += ["<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>", "<|end_of_msg|>"]
        syntax.calls.append(CallSigns("<|open|>tools<|sep|>", "<|close|>tools<|sep|>"))
    }

    /// The syntax behind a name in a package's `PARSER` or `RENDERER`; nil for a name that means nothing.
    public init?(parserNamed name: String) {
        let json = CallSigns("<tool_call>", "</tool_call>")
        let think = [ThinkingTags.standard]
        switch name {
        case "qwen3", "qwen3-vl-instruct", "qwen3-coder": self.init(calls: [json])
        case "qwen3-thinking", "qwen3-vl-thinking", "qwen3.5", "qwen3.8", "ornith", "glm-4.7", "nemotron-3-nano",
            "nemotron-3.5-nano", "laguna", "poolside-v1":
            self.init(thinking: think, calls: [json])
        case "glm-ocr": self.init(calls: [json])
        case "ministral": self.init(calls: [CallSigns(opening: "[TOOL_CALLS]", end: .brackets)])
        case "passthrough": self.init()
        case "harmony": self.init(headers: .harmony)
        case "glimmer": self.init(headers: .glimmer)
        case "cogito", "deepseek3", "deepseek3.1":
            self.init(thinking: think, calls: [CallSigns("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>")])
        case "cohere":
            self.init(
                thinking: [ThinkingTags(opening: "<|START_THINKING|>", closing: "<|END_THINKING|>")],
                silent: Array(Self.silentSigns.prefix(4)), calls: [CallSigns("<|START_ACTION|>", "<|END_ACTION|>")])
        case "olmo3", "olmo3.1": self.init(calls: [CallSigns("<function_calls>", "</function_calls>")])
        case "olmo3-think", "olmo3-32b-think": self.init(thinking: think)
        case "functiongemma": self.init(calls: [CallSigns("<start_function_call>", "<end_function_call>")])
        case "gemma4", "gemma4-small", "gemma4-large", "gemma4-no-thinking":
            let tags = [ThinkingTags(opening: "<|channel>thought", closing: "<channel|>")]
            self.init(
                thinking: name == "gemma4-no-thinking" ? [] : tags, silent: ["<|tool_response>"],
                calls: [CallSigns("<|tool_call>", "<tool_call|>")])
        case "lfm2", "lfm2-thinking":
            self.init(
                thinking: name == "lfm2" ? [] : think, calls: [CallSigns("<|tool_call_start|>", "<|tool_call_end|>")])
        default: return nil
        }
    }
}
