import ChatPrompt
import JSONText
import Testing

@Suite("tools and messages from JSON")
struct ToolDefinitionTests {
    static let tool: JSONValue = [
        "type": "function",
        "function": [
            "name": "get", "description": "a <b> & c",
            "parameters": [
                "type": "object", "required": ["z"], "additionalProperties": false,
                "properties": [
                    "z": ["type": ["string", "null"], "default": 1, "description": "zz"],
                    "a": [
                        "type": "object", "properties": ["y": ["type": "integer"], "x": ["type": "string", "pattern": "."]],
                        "enum": [1, "b"],
                    ],
                ],
            ],
        ],
    ]

    func render(_ source: String, tools: [JSONValue]) throws -> String {
        try ChatTemplate(source + "{{ range .Messages }}{{ end }}", today: { 0 }).render(
            [], tools: tools.map { try ToolDefinition($0) })
    }

    @Test func `a tool prints as the JSON of Ollama's struct: known keywords, properties sorted, markup escaped`() throws {
        let a = #"{"type":"object","enum":[1,"b"],"properties":{"y":{"type":"integer"},"x":{"type":"string"}}}"#
        let z = #"{"type":["string","null"],"description":"zz"}"#
        let parameters = #"{"type":"object","required":["z"],"properties":{"a":\#(a),"z":\#(z)}}"#
        let expected =
            #"{"type":"function","function":{"name":"get","description":"a \u003cb\u003e \u0026 c","parameters":\#(parameters)}}"#
        #expect(try render("{{ range .Tools }}{{ . }}{{ end }}", tools: [Self.tool]) == expected)
        #expect(try render("{{ .Tools }}", tools: [Self.tool]) == "[" + expected + "]")
        #expect(try render("{{ json .Tools }}", tools: [Self.tool]) == "[" + expected + "]")
    }

    @Test func `no tools print as null, no properties as an empty object`() throws {
        #expect(try render("{{ .Tools }}", tools: []) == "null")
        let bare: JSONValue = ["type": "function", "function": ["name": "n"]]
        let source = "{{ range .Tools }}{{ .Function.Parameters.Properties }}{{ json .Function.Parameters }}{{ end }}"
        #expect(try render(source, tools: [bare]) == #"{}{"type":"","properties":null}"#)
    }

    @Test func `types print as one name or a list, and in TypeScript's words`() throws {
        let source =
            "{{ range .Tools }}{{ range $n, $p := .Function.Parameters.Properties }}{{ $n }}={{ $p.Type }}/{{ toTypeScriptType $p }} {{ end }}{{ end }}"
        #expect(try render(source, tools: [Self.tool]) == "a=object/Record<string, any> z=[string null]/string | null ")
    }

    @Test func `the tool's JSON is kept as it was given`() throws {
        #expect(try ToolDefinition(Self.tool).json.text() == Self.tool.text())
    }

    @Test(arguments: [
        (#"{"function": 3}"#, "tool.function: found a number, wanted an object"),
        (#"{"function": {"name": []}}"#, "tool.function.name: found an array, wanted a string"),
        (#"{"function": {"parameters": {"required": "x"}}}"#, "tool.function.parameters.required: found a string, wanted an array"),
        (
            #"{"function": {"parameters": {"properties": {"p": 1}}}}"#,
            "tool.function.parameters.properties.p: found a number, wanted an object"
        ),
        ("[]", "tool: found an array, wanted an object"),
    ])
    func `JSON of another shape is refused where it is wrong`(_ text: String, _ message: String) throws {
        let json = try JSONValue(parsing: text)
        let error = #expect(throws: ChatPromptError.self) { try ToolDefinition(json) }
        #expect(error?.description == message)
    }

    @Test func `a schema that nests without end is refused`() throws {
        var schema: JSONValue = ["type": "string"]
        for _ in 0..<100 { schema = ["type": "object", "properties": ["p": schema]] }
        let tool: JSONValue = ["function": ["name": "n", "parameters": schema]]
        #expect(throws: ChatPromptError.self) { try ToolDefinition(tool) }
    }

    @Test func `messages are read with their calls, roles in lower case`() throws {
        let json: JSONValue = [
            "role": "Assistant", "content": nil, "thinking": "hm", "images": ["aGk="], "extra": 1,
            "tool_calls": [["id": "c", "function": ["name": "n", "index": 2, "arguments": ["b": 1, "a": 2]]]],
        ]
        let message = try ChatMessage(json)
        let call = ToolCall(id: "c", index: 2, name: "n", arguments: ["b": 1, "a": 2])
        #expect(message == ChatMessage(role: "assistant", content: "", thinking: "hm", imageCount: 1, toolCalls: [call]))
        #expect(throws: ChatPromptError.self) { try ChatMessage(["role": "user", "content": ["a"]]) }
    }

    @Test func `arguments print as sorted JSON and keep numbers as written`() throws {
        let call = ToolCall(name: "n", arguments: ["b": 1_048_576, "a": "<"])
        let message = ChatMessage(role: "assistant", content: "", toolCalls: [call])
        let template = try ChatTemplate(
            "{{ range .Messages }}{{ range .ToolCalls }}{{ .Function.Arguments }}{{ end }}{{ end }}", today: { 0 })
        #expect(try template.render([message]) == #"{"a":"\u003c","b":1048576}"#)
    }
}
