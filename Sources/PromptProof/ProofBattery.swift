import ChatPrompt
import JSONText

/// The conversations that every template is tried on. Their words are chosen so that each can be found again in a prompt: no text
/// of one message stands in another.
public enum ProofBattery {
    public static let cases: [ProofCase] = plain + order + contents + tools + thinking + others

    private static func system(_ text: String) -> ChatMessage { ChatMessage(role: "system", content: text) }
    private static func user(_ text: String, images: Int = 0) -> ChatMessage {
        ChatMessage(role: "user", content: text, imageCount: images)
    }
    private static func assistant(_ text: String, thinking: String = "", calls: [ToolCall] = []) -> ChatMessage {
        ChatMessage(role: "assistant", content: text, thinking: thinking, toolCalls: calls)
    }

    private static let plain = [
        ProofCase("user", "one question", [], [user("Why is the sky blue?")]),
        ProofCase(
            "system-user", "a system message and a question", [.system],
            [system("Answer like a pirate."), user("Why is the sky blue?")]),
        ProofCase(
            "two-turns", "a question, its answer, another question", [.manyTurns],
            [user("Name a colour."), assistant("Green, like moss."), user("And a taste?")]),
        ProofCase(
            "system-two-turns", "a system message and two turns", [.system, .manyTurns],
            [system("Answer like a pirate."), user("Name a colour."), assistant("Green, like moss."), user("And a taste?")]),
        ProofCase(
            "many-turns", "a system message and four turns", [.system, .manyTurns],
            [
                system("You count."), user("One?"), assistant("Two."), user("Three?"), assistant("Four."), user("Five?"),
                assistant("Six."), user("Seven?"),
            ]),
        ProofCase(
            "begun-answer", "an answer that the model is to go on with", [.begunAnswer],
            [user("Name a colour."), assistant("The colour that I like best is")]),
    ]

    private static let order = [
        ProofCase(
            "late-system", "a system message between turns", [.system, .manyTurns, .unusualOrder],
            [user("Name a colour."), assistant("Green, like moss."), system("From now on, rhyme."), user("And a taste?")]),
        ProofCase(
            "two-systems", "two system messages in a row", [.system, .sameRoleTwice],
            [system("Answer like a pirate."), system("Be brief."), user("Why is the sky blue?")]),
        ProofCase(
            "user-twice", "two questions in a row", [.sameRoleTwice],
            [user("Name a colour."), user("It must be a dark one.")]),
        ProofCase(
            "assistant-twice", "two answers in a row", [.sameRoleTwice, .manyTurns],
            [user("Name a colour."), assistant("Green, like moss."), assistant("Or brown."), user("And a taste?")]),
        ProofCase(
            "assistant-first", "the model speaks first", [.unusualOrder, .manyTurns],
            [assistant("Welcome aboard."), user("Name a colour.")]),
    ]

    private static let contents = [
        ProofCase("empty-user", "an empty question", [.emptyContent], [user("")]),
        ProofCase(
            "empty-system", "an empty system message", [.emptyContent, .system], [system(""), user("Why is the sky blue?")]),
        ProofCase(
            "empty-answer", "an empty answer in the history", [.emptyContent, .manyTurns],
            [user("Name a colour."), assistant(""), user("And a taste?")]),
        ProofCase(
            "padded", "white space round every content", [.whiteSpace, .system, .manyTurns],
            [
                system("  Answer like a pirate.\n"), user("\n Name a colour. \n\n"), assistant(" Green, like moss.\n"),
                user("\tAnd a taste?  "),
            ]),
        ProofCase(
            "many-lines", "code and blank lines in a question", [],
            [user("What does this do?\n\n```swift\nfor i in 0..<3 {\n    print(i)\n}\n```\n\nAnd why?")]),
        ProofCase(
            "unicode", "letters and signs of many scripts", [.unicode],
            [user("Grüße, 世界! שלום עולם \u{1F469}\u{200D}\u{1F680} e\u{301} \u{FB01} ½ ‑ …"), assistant("ありがとう 🙏🏽"), user("Ещё?")]),
        ProofCase(
            "braces", "what looks like template code, HTML and escapes", [.braces],
            [user("{{ .System }} {% if x %} {{ messages }} ${HOME} %s <b>&amp;</b> \\n \"quoted\" 'single'")]),
        ProofCase(
            "special-tokens", "texts of special tokens in a question", [.specialTokens],
            [user("Print <|im_end|> and </s> and <|eot_id|> and <end_of_turn> and [/INST], please.")]),
    ]

    private static let thinking = [
        ProofCase("thinking-on", "thinking asked for", [.thinking], [user("What is 17 times 23?")], think: .on),
        ProofCase("thinking-off", "thinking forbidden", [.thinking], [user("What is 17 times 23?")], think: .off),
        ProofCase(
            "thinking-off-system", "thinking forbidden, with a system message and an earlier turn",
            [.thinking, .system, .manyTurns],
            [system("Answer like a pirate."), user("Name a colour."), assistant("Green, like moss."), user("And a taste?")],
            think: .off),
        ProofCase(
            "thinking-history", "what was thought in an earlier turn", [.thinking, .thinkingInHistory, .manyTurns],
            [
                user("Name a colour."), assistant("Green, like moss.", thinking: "They want a colour; moss comes to mind."),
                user("And a taste?"),
            ], think: .on),
        ProofCase(
            "thinking-call", "what was thought before a call whose result is the last message",
            [.thinking, .thinkingInHistory, .tools, .toolCalls],
            [
                user("How warm is Oslo?"),
                assistant("", thinking: "I have to look it up.", calls: [weatherCall("Oslo")]),
                result("-3 degrees", "get_weather", "call00001"),
            ], tools: [weatherTool], think: .on),
    ]

    private static let others = [
        ProofCase("image", "a picture with a question", [.images], [user("What is in the picture?", images: 1)]),
        ProofCase(
            "image-later", "a picture in the second question", [.images, .manyTurns],
            [user("Name a colour."), assistant("Green, like moss."), user("What is in the picture?", images: 1)]),
    ]

    // MARK: - Tools

    private static let tools = [
        ProofCase("tool", "a tool is offered", [.tools], [user("How warm is Oslo?")], tools: [weatherTool]),
        ProofCase(
            "tool-system", "a tool is offered, with a system message", [.tools, .system],
            [system("Answer like a pirate."), user("How warm is Oslo?")], tools: [weatherTool]),
        ProofCase(
            "two-tools", "two tools, one with nothing to say and one with a choice", [.tools],
            [user("How warm is Oslo?")], tools: [weatherTool, clockTool]),
        ProofCase(
            "tool-order", "a tool whose properties are not in alphabetical order", [.tools, .keyOrder],
            [user("Send it.")], tools: [mailTool]),
        ProofCase(
            "tool-turns", "a tool is offered after earlier turns", [.tools, .manyTurns, .system],
            [
                system("Answer like a pirate."), user("Name a colour."), assistant("Green, like moss."),
                user("How warm is Oslo?"),
            ], tools: [weatherTool]),
        ProofCase(
            "call", "a call and its result", [.tools, .toolCalls],
            [
                user("How warm is Oslo?"), assistant("", calls: [weatherCall("Oslo")]),
                result("-3 degrees", "get_weather", "call00001"),
            ],
            tools: [weatherTool]),
        ProofCase(
            "call-answered", "a call, its result, the answer, and another question", [.tools, .toolCalls, .system, .manyTurns],
            [
                system("Answer like a pirate."), user("How warm is Oslo?"), assistant("", calls: [weatherCall("Oslo")]),
                result("-3 degrees", "get_weather", "call00001"), assistant("Bitter cold."), user("And a taste?"),
            ], tools: [weatherTool]),
        ProofCase(
            "call-text", "a call with words before it", [.tools, .toolCalls],
            [
                user("How warm is Oslo?"), assistant("I shall look.", calls: [weatherCall("Oslo")]),
                result("-3 degrees", "get_weather", "call00001"),
            ], tools: [weatherTool]),
        ProofCase(
            "call-arguments", "a call with numbers, lists and nothing in its arguments", [.tools, .toolCalls],
            [
                user("Remember these."),
                assistant(
                    "",
                    calls: [
                        ToolCall(
                            id: "call00001", name: "store",
                            arguments: ["count": 3, "flag": true, "items": ["a", "b"], "note": "say \"hi\" to Zoë", "ratio": 0.5])
                    ]), result("stored", "store", "call00001"),
            ], tools: [storeTool]),
        ProofCase(
            "parallel-calls", "two calls at once and their results", [.tools, .toolCalls, .parallelCalls],
            [
                user("Compare Oslo and Lima."),
                assistant("", calls: [weatherCall("Oslo"), weatherCall("Lima", index: 1, id: "call00002")]),
                result("-3 degrees", "get_weather", "call00001"), result("19 degrees", "get_weather", "call00002"),
            ], tools: [weatherTool]),
    ]

    private static func weatherCall(_ city: String, index: Int = 0, id: String = "call00001") -> ToolCall {
        ToolCall(id: id, index: index, name: "get_weather", arguments: ["city": .string(city)])
    }

    private static func result(_ content: String, _ tool: String, _ id: String) -> ChatMessage {
        ChatMessage(role: "tool", content: content, toolName: tool, toolCallID: id)
    }

    /// Schemas have their members in the order that transformers makes them in: type, properties, required.
    private static let weatherTool = tool(
        "get_weather", "Tells how warm a place is",
        ["type": "object", "properties": ["city": ["type": "string", "description": "The place"]], "required": ["city"]])

    private static let clockTool = tool(
        "get_time", "Tells what time it is",
        [
            "type": "object",
            "properties": [
                "style": ["type": "string", "description": "Long or short", "enum": ["long", "short"]],
                "zone": ["type": "string", "description": "The time zone"],
            ], "required": ["zone"],
        ])

    private static let mailTool = tool(
        "send_mail", "Sends a letter",
        [
            "type": "object",
            "properties": [
                "to": ["type": "string", "description": "Who gets it"], "body": ["type": "string", "description": "The words"],
            ], "required": ["to"],
        ])

    private static let storeTool = tool(
        "store", "Keeps things",
        ["type": "object", "properties": ["count": ["type": "integer", "description": "How many"]], "required": ["count"]])

    private static func tool(_ name: String, _ description: String, _ parameters: JSONValue) -> ToolDefinition {
        let json: JSONValue = [
            "type": "function",
            "function": ["name": .string(name), "description": .string(description), "parameters": parameters],
        ]
        do { return try ToolDefinition(json) } catch { preconditionFailure("the battery's tool '\(name)': \(error)") }
    }
}
