import ChatPrompt
import Diagnostics
import JSONText
import ModelTesting
import Testing

/// Test files, read.
@Suite struct SuiteReadingTests {
    private func read(_ text: String) -> (suite: TestSuite?, diagnostics: [Diagnostic]) {
        TestSuite.read(SourceText(text)) { $0 == "s.json" ? "{\"type\":\"array\"}" : nil }
    }

    @Test func `everything that can be said is understood`() throws {
        let (suite, diagnostics) = read(
            """
            model: ./other
            target: small
            args: {SIZE: 3b}
            quantize: Q4_K_M
            options: {num_predict: 9}
            system: be short
            tests:
              - name: one
                prompt: hello
                think: false
                options: {temperature: 0.5}
                expect:
                  stops: 20
                  contains: hi
                  matches: ['^h', 'i$']
                  prompt: |
                    <user>hello
                    <bot>
              - system: other
                messages:
                  - user: a
                  - assistant: b
                  - {role: tool, content: c, tool_name: t}
                tools:
                  - name: t
                    parameters: {type: object, properties: {x: {type: string}}}
                expect:
                  tokens: [1, 2]
                  tool-call: {name: t, arguments: {x: y}}
                  schema: s.json
                  excludes: []
                  error: no
            """)
        #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
        let read = try #require(suite)
        #expect(
            read.model == "./other" && read.target == "small" && read.arguments == ["SIZE": "3b"] && read.quantization == "Q4_K_M"
                && read.cases.count == 2)
        let (first, second) = (read.cases[0], read.cases[1])
        #expect(first.messages.map(\.role) == ["system", "user"] && first.messages[0].content == "be short")
        #expect(
            first.options["temperature"]?.double == 0.5 && first.options["num_predict"]?.int == 9 && first.options["seed"]?.int == 0
        )
        #expect(first.expectations.map(\.key) == ["prompt", "stops", "contains", "matches"] && first.needsAnswer)
        #expect(
            second.messages.map(\.role) == ["system", "user", "assistant", "tool"] && second.name == "test 2" && second.line == 19)
        #expect(second.tools.map(\.name) == ["t"])
        #expect(second.expectations.map(\.key) == ["tokens", "excludes", "schema", "tool-calls", "error"])
    }

    @Test(arguments: [
        ("test: []\n", "1:1 a test file has no key 'test', did you mean 'tests'?"),
        ("tests:\n  - prompt: a\n    expct: {}\n", "3:5 a test has no key 'expct', did you mean 'expect'?"),
        ("tests:\n  - prompt: a\n    expect: {contain: b}\n", "3:14 expect has no key 'contain', did you mean 'contains'?"),
        ("tests:\n  - expect: {stops: true}\n", "2:5 a test wants messages, or a prompt"),
        ("tests:\n  - prompt: a\n", "2:5 a test wants something under expect"),
        ("tests:\n  - prompt: a\n    expect: {stops: 0}\n", "3:21 stops: '0' is not true or a number of tokens"),
        ("tests:\n  - prompt: a\n    expect: {tokens: [x]}\n", "3:23 tokens: 'x' is not a whole number of at least 0"),
        ("tests:\n  - prompt: a\n    expect: {schema: gone.json}\n", "3:22 schema: there is no file 'gone.json'"),
        ("tests:\n  - prompt: a\n    expect: {schema: {$ref: '#/x'}}\n", "3:22 schema: nothing is at the reference '#/x'"),
        (
            "tests:\n  - messages: [{role: user, contnt: a}]\n    expect: {stops: true}\n",
            "2:29 a message has no key 'contnt', did you mean 'content'?"
        ),
        ("tests:\n  - prompt: a\n    expect: {tool-call: {arguments: {}}}\n", "3:25 a tool call wants a name"),
    ])
    func `mistakes are told with their place`(text: String, problem: String) {
        let source = SourceText(text)
        let told = read(text).diagnostics.map { diagnostic in
            let place = source.position(at: diagnostic.range.lowerBound)
            return "\(place.line):\(place.column) \(diagnostic.message)"
        }
        #expect(told.first == problem && read(text).suite == nil, "\(told)")
    }

    @Test func `a regular expression that is none is told`() {
        let told = read("tests:\n  - prompt: a\n    expect: {matches: '('}\n").diagnostics
        #expect(told.count == 1 && told[0].message.hasPrefix("matches: '(' is no regular expression"))
    }
}
