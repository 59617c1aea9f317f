/// What requests ask for, as grammars; and texts made without a model.
import Automata
import ConstrainedDecoding
import JSONSchemaGrammar
import JSONText
import Testing

@Suite("Requests")
struct RequestTests {
    private static let schema: JSONValue = ["type": "object"]

    @Test("OpenAI's response_format becomes a grammar")
    func responseFormat() throws {
        #expect(try GrammarSource.source(responseFormat: nil) == nil)
        #expect(try GrammarSource.source(responseFormat: ["type": "text"]) == nil)
        #expect(try GrammarSource.source(responseFormat: ["type": "json_object"]) == .json)
        let wrapped: JSONValue = ["type": "json_schema", "json_schema": ["name": "x", "schema": Self.schema]]
        #expect(try GrammarSource.source(responseFormat: wrapped) == .schema(Self.schema))
        #expect(throws: GrammarSource.RequestError.self) { try GrammarSource.source(responseFormat: ["type": "json_schema"]) }
        #expect(throws: GrammarSource.RequestError.self) { try GrammarSource.source(responseFormat: ["type": "yaml"]) }
    }

    @Test("Ollama's format becomes a grammar")
    func format() throws {
        #expect(try GrammarSource.source(format: "json") == .json)
        #expect(try GrammarSource.source(format: "") == nil)
        #expect(try GrammarSource.source(format: Self.schema) == .schema(Self.schema))
        #expect(throws: GrammarSource.RequestError.self) { try GrammarSource.source(format: "xml") }
    }

    private static let tools: JSONValue = [
        [
            "type": "function",
            "function": [
                "name": "weather", "strict": true,
                "parameters": [
                    "properties": ["place": ["$ref": "#/$defs/p"]], "$defs": ["p": ["type": "string"]], "required": ["place"],
                ],
            ],
        ],
        ["type": "function", "function": ["name": "time"]],
    ]

    @Test(
        "a call that is required is held to the tools' schemas",
        arguments: [
            (#"{"name":"weather","arguments":{"place":"Rome"}}"#, true), (#"{"name":"time","arguments":{"any":1}}"#, true),
            (#"{"name":"weather","arguments":{"place":1}}"#, false), (#"{"name":"weather","arguments":{}}"#, false),
            (#"{"name":"weather","arguments":{"place":"Rome","more":1}}"#, false), (#"{"name":"tide","arguments":{}}"#, false),
        ])
    func calls(text: String, isValid: Bool) throws {
        let source = try #require(try GrammarSource.source(tools: Self.tools, choice: "required"))
        let constraint = Constraint(machine: try source.machine(), table: TokenTable(texts: [], endTokens: []))
        #expect((constraint.accept(bytes: Array(text.utf8)) && constraint.canEnd) == isValid)
    }

    @Test("a choice of tools is read")
    func choice() throws {
        #expect(try GrammarSource.source(tools: Self.tools, choice: "auto") == nil)
        #expect(throws: GrammarSource.RequestError.unknownTool("tide")) {
            try GrammarSource.source(tools: Self.tools, choice: ["type": "function", "function": ["name": "tide"]])
        }
    }

    private struct Numbers: RandomNumberGenerator {
        var state: UInt64 = 7
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    @Test("texts of a grammar are found without a model")
    func samples() throws {
        let schema = try JSONValue(
            parsing:
                #"{"type":"object","properties":{"n":{"type":"integer"},"s":{"type":"string"}},"required":["n","s"],"additionalProperties":false}"#
        )
        let options = SchemaOptions(whitespace: .none, propertyOrder: .declared)
        let machine = try GrammarSource.schema(schema).machine(options: options)
        let sampler = GrammarSampler(machine)
        #expect(sampler.shortest().map { String(decoding: $0, as: UTF8.self) } == #"{"n":0,"s":""}"#)
        var numbers = Numbers()
        let constraint = Constraint(machine: machine, table: TokenTable(texts: [], endTokens: []))
        for _ in 0..<20 {
            let text = try #require(sampler.random(length: 30, using: &numbers))
            constraint.restart()
            #expect(constraint.accept(bytes: text) && constraint.canEnd)
        }
        #expect(sampler.endlessBlanks() == nil)
        #expect(
            GrammarSampler(try GrammarSource.schema(schema).machine(options: SchemaOptions(whitespace: .any))).endlessBlanks()
                != nil)
        #expect(GrammarSampler(try GrammarSource.gbnf(#"root ::= "a" [b-c]+"#).machine()).shortest() == Array("ab".utf8))
    }
}
