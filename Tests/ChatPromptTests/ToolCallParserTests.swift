import ChatPrompt
import JSONText
import Testing

@Suite("finding tool calls")
struct ToolCallParserTests {
    static let names = ["get", "get_weather", "add"]

    /// The content, and each call as `index name arguments`.
    static func run(_ pieces: [String], tag: String) -> (content: String, calls: [String]) {
        var parser = ToolCallParser(toolNames: names, tag: tag)
        var content = ""
        var calls: [String] = []
        for part in pieces.map({ parser.consume($0) }) + [parser.finish()] {
            content += part.content
            calls += part.calls.map { "\($0.index) \($0.name) \(JSONValue.object($0.arguments).text())" }
        }
        return (content, calls)
    }

    func expect(_ text: String, tag: String, content: String, calls: [String]) {
        for pieces in everySplit(text) {
            let result = Self.run(pieces, tag: tag)
            #expect(result.content == content, "\(pieces)")
            #expect(result.calls == calls, "\(pieces)")
        }
    }

    @Test func `text before the tag is the answer, what is around the calls is dropped`() {
        expect(
            "Sure! <tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"z\": 1, \"a\": \"}{\\\"\"}}\n</tool_call> ok",
            tag: "<tool_call>", content: "Sure! ", calls: [#"0 get_weather {"z":1,"a":"}{\""}"#])
    }

    @Test func `calls are counted`() {
        expect(
            #"<tool_call>{"name":"add","arguments":{"a":1}}</tool_call>\#n<tool_call>{"name":"get","parameters":{}}</tool_call>"#,
            tag: "<tool_call>", content: "", calls: [#"0 add {"a":1}"#, "1 get {}"])
        expect(
            #"[TOOL_CALLS] [{"name": "get", "arguments": {"k": [1, 2]}}, {"name": "add", "arguments": {}}]"#, tag: "[TOOL_CALLS]",
            content: "", calls: [#"0 get {"k":[1,2]}"#, "1 add {}"])
    }

    @Test func `a name may stand before the arguments, under its own key, or deeper`() {
        expect(#"<|call|>get_weather{"city": "é"}"#, tag: "<|call|>", content: "", calls: [#"0 get_weather {"city":"é"}"#])
        expect(#"<c>{"add": {"a": 2}}"#, tag: "<c>", content: "", calls: [#"0 add {"a":2}"#])
        expect(#"<c>{"calls": [{"name": "add", "arguments": {"a": 2}}]}"#, tag: "<c>", content: "", calls: [#"0 add {"a":2}"#])
        expect(#"<c>{"tool": "add", "a": 2}"#, tag: "<c>", content: "", calls: [#"0 add {"tool":"add","a":2}"#])
    }

    @Test func `arguments may be JSON in a string`() {
        expect(#"<c>{"name":"add","arguments":"{\"a\": 3}"}"#, tag: "<c>", content: "", calls: [#"0 add {"a":3}"#])
    }

    @Test func `the longest of the names that begin at the same place is meant`() {
        expect(#"<c>{"name":"get_weather","arguments":{"get":1}}"#, tag: "<c>", content: "", calls: [#"0 get_weather {"get":1}"#])
    }

    @Test func `unknown tools, broken JSON and a name without arguments are no calls`() {
        expect(#"<c>{"name":"fly","arguments":{}}"#, tag: "<c>", content: "", calls: [])
        expect(#"<c>{"name":"add","arguments":{}"#, tag: "<c>", content: "", calls: [])
        expect(#"<c>{add: 1}{"name":"add","arguments":{}}"#, tag: "<c>", content: "", calls: ["0 add {}"])
        expect(#"<c>{"name":"add"}"#, tag: "<c>", content: "", calls: [])
        expect(
            #"<c>{"name":"fly","arguments":{}}<c>{"name":"add","arguments":{"a":1}}"#, tag: "<c>", content: "",
            calls: [#"0 add {"a":1}"#])
    }

    @Test func `a beginning of the tag that is none is text`() {
        expect("a <tool, <tool_cal", tag: "<tool_call>", content: "a <tool, <tool_cal", calls: [])
        expect("<<tool_call>{\"name\":\"add\",\"arguments\":{}}", tag: "<tool_call>", content: "<", calls: ["0 add {}"])
    }

    @Test func `bare JSON is a call only at the front of the reply`() {
        expect(" \n{\"name\":\"add\",\"arguments\":{\"a\":1}} tail", tag: "{", content: " \n", calls: [#"0 add {"a":1}"#])
        expect(#"I say {"name":"add","arguments":{}}"#, tag: "{", content: #"I say {"name":"add","arguments":{}}"#, calls: [])
        expect(
            #"{"name":"fly"} {"name":"add","arguments":{}}"#, tag: "{", content: #"{"name":"fly"} {"name":"add","arguments":{}}"#,
            calls: [])
        expect(#"{"name": "ad"#, tag: "{", content: #"{"name": "ad"#, calls: [])
        expect("{ no json }, go on", tag: "{", content: "{ no json }, go on", calls: [])
    }

    @Test func `a bare list is calls, or text where no call is in it`() {
        expect(
            #"[{"name":"add","arguments":{"a":1}},{"name":"get","arguments":{}}]"#, tag: "[", content: "",
            calls: [#"0 add {"a":1}"#, "1 get {}"])
        expect(#"[1, [2], {"x": 3}] and so on"#, tag: "[", content: #"[1, [2], {"x": 3}] and so on"#, calls: [])
    }

    @Test func `content is passed on as soon as it is certain`() {
        var parser = ToolCallParser(toolNames: Self.names, tag: "<c>")
        #expect(parser.consume("hello <") == ToolCallParser.Part(content: "hello "))
        #expect(parser.consume("b") == ToolCallParser.Part(content: "<b"))
        #expect(parser.consume("<c>{\"name\":\"add\",\"arguments\":{}").calls.isEmpty)
        #expect(parser.consume("}").calls.count == 1)
    }
}

@Suite("reading a reply back")
struct ReplyParserTests {
    @Test func `thinking, answer and calls come as events, however the reply is cut`() throws {
        let template = try SampleModelfileTests.template()
        let tool = try ToolDefinition(["type": "function", "function": ["name": "add", "parameters": ["type": "object"]]])
        let prompt = try template.render([ChatMessage(role: "user", content: "1 + 2?")], tools: [tool], think: .on)
        let reply = "I add.\n</think>\n\nWait: <tool_call>\n{\"name\": \"add\", \"arguments\": {\"b\": 2, \"a\": 1}}\n</tool_call>"
        for pieces in everySplit(reply) {
            var parser = template.replyParser(prompt: prompt, tools: [tool], think: .on)
            var thinking = ""
            var content = ""
            var calls: [ToolCall] = []
            for event in pieces.flatMap({ parser.consume($0) }) + parser.finish() {
                switch event {
                case .thinking(let text): thinking += text
                case .content(let text): content += text
                case .toolCall(let call): calls.append(call)
                }
            }
            #expect(thinking == "I add.\n")
            #expect(content == "Wait: ")
            #expect(calls == [ToolCall(name: "add", arguments: ["b": 2, "a": 1])])
            #expect(calls.first?.arguments.keys == ["b", "a"])
        }
    }

    @Test func `where nothing is said of thinking and no tools are offered, everything is content`() throws {
        let template = try SampleModelfileTests.template()
        var parser = template.replyParser(prompt: "", tools: [], think: .unset)
        #expect(parser.consume("<think>x") == [.content("<think>x")])
        #expect(parser.finish() == [])
    }

    @Test func `with thinking off no thought comes through`() throws {
        let template = try SampleModelfileTests.template()
        for pieces in everySplit("<think>x</think>\n\nyes") {
            var parser = template.replyParser(prompt: "", tools: [], think: .off)
            #expect((pieces.flatMap { parser.consume($0) } + parser.finish()).allSatisfy { $0.isContent })
        }
    }
}
