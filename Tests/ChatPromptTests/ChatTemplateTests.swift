import ChatPrompt
import Foundation
import JSONText
import TestSupport
import Testing

@Suite("running a chat template")
struct ChatTemplateTests {
    static func user(_ text: String) -> ChatMessage { ChatMessage(role: "user", content: text) }
    static func assistant(_ text: String) -> ChatMessage { ChatMessage(role: "assistant", content: text) }
    static func system(_ text: String) -> ChatMessage { ChatMessage(role: "system", content: text) }

    func render(_ source: String, _ messages: [ChatMessage], think: ThinkSetting = .unset) throws -> String {
        try ChatTemplate(source, today: { 0 }).render(messages, think: think)
    }

    static let roles = "{{ range .Messages }}[{{ .Role }}:{{ .Content }}]{{ end }}"

    @Test func `neighbours of the same role become one, results of tools stay apart`() throws {
        let messages = [
            Self.user("a"), Self.user("b"), Self.assistant("c"), ChatMessage(role: "tool", content: "d"),
            ChatMessage(role: "tool", content: "e"),
        ]
        #expect(try render(Self.roles, messages) == "[user:a\n\nb][assistant:c][tool:d][tool:e]")
    }

    @Test func `system is all system messages, which stay where they are`() throws {
        let messages = [Self.system("a"), Self.user("b"), Self.system("c")]
        #expect(try render("{{ .System }}|" + Self.roles, messages) == "a\n\nc|[system:a][user:b][system:c]")
    }

    @Test func `a template without messages runs once a turn, and the last time up to the response`() throws {
        let source = "{{ if .System }}<{{ .System }}>{{ end }}{{ if .Prompt }}U:{{ .Prompt }} {{ end }}A:{{ .Response }};"
        let messages = [Self.system("s"), Self.user("a"), Self.assistant("b"), Self.user("c")]
        #expect(try render(source, messages) == "<s>U:a A:b;U:c A:")
        #expect(try render(source, [Self.user("a"), Self.assistant("b")]) == "U:a A:b")
        #expect(try render(source, [Self.user("a"), Self.system("s"), Self.user("b")]) == "U:a A:;<s>U:b A:")
        #expect(try render(source, []) == "A:")
    }

    @Test func `a template that names neither messages nor response gets the response at its end`() throws {
        #expect(try render("{{ .Prompt }} ", [Self.user("a"), Self.assistant("b"), Self.user("c")]) == "a bc ")
    }

    @Test(arguments: [
        (ThinkSetting.unset, "false false ."), (.off, "true false ."), (.on, "true true medium."),
        (.level("high"), "true true high."),
    ])
    func `templates see whether and how much to think`(_ think: ThinkSetting, _ expected: String) throws {
        #expect(
            try render("{{ range .Messages }}{{ end }}{{ .IsThinkSet }} {{ .Think }} {{ .ThinkLevel }}.", [], think: think)
                == expected)
    }

    @Test func `unset becomes on for a model that can think`() {
        #expect(ThinkSetting.unset.resolved(canThink: true) == .on)
        #expect(ThinkSetting.unset.resolved(canThink: false) == .unset)
        #expect(ThinkSetting.off.resolved(canThink: true) == .off)
    }

    @Test func `a suffix makes the prompt one of insertion`() throws {
        let template = try ChatTemplate(
            "{{ if .Suffix }}<pre>{{ .Prompt }}<suf>{{ .Suffix }}<mid>{{ else }}{{ .Prompt }}{{ end }}", today: { 0 })
        #expect(template.capabilities == [.insert])
        #expect(try template.render(prompt: "a", suffix: "b") == "<pre>a<suf>b<mid>")
    }

    @Test func `capabilities are what the template shows`() throws {
        #expect(try ChatTemplate("{{ .Prompt }}", today: { 0 }).capabilities.isEmpty)
        let source = "{{ if $.Tools }}{{ end }}{{ range .Messages }}{{ if .Thinking }}<t>{{ .Thinking }}</t>{{ end }}{{ end }}"
        let template = try ChatTemplate(source, today: { 0 })
        #expect(template.capabilities == [.tools, .thinking])
        #expect(template.thinkingTags == ThinkingTags(opening: "<t>", closing: "</t>"))
    }

    @Test(arguments: [
        ("{{ if .ToolCalls }}<tool_call>\n{\"name\"{{ end }}", "<tool_call>"),
        (
            "{{ range .Messages }}{{ if .ToolCalls }} [TOOL_CALLS] [{{ range .ToolCalls }}{{ end }}{{ end }}{{ end }}",
            "[TOOL_CALLS] ["
        ),
        ("{{ if .ToolCalls }}{{ range .ToolCalls }}{\"name\": 1}{{ end }}{{ end }}", "{"), ("{{ .Prompt }}", "{"),
        ("{{ if .ToolCalls }}{{ .Content }}<call>{{ end }}", "{"),
        ("{{ if .A }}{{ else if .ToolCalls }}\n{{ with .X }}\r\n<x>{{ end }}{{ end }}", "<x>"),
    ])
    func `the tag of a tool call is the first text after the question for them`(_ source: String, _ tag: String) throws {
        #expect(try ChatTemplate(source, today: { 0 }).toolCallTag == tag)
    }

    @Test func `a template's error is passed on with its range`() throws {
        let error = #expect(throws: ChatPromptError.self) { try ChatTemplate("{{ .X", today: { 0 }) }
        #expect(error?.description == "template: :1: unclosed action")
        #expect(throws: ChatPromptError.self) { try render("{{ range .Messages }}{{ .Nope }}{{ end }}", [Self.user("a")]) }
    }
}

/// Renderings that Ollama's own templates give, from its test data.
@Suite("Ollama's named templates", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct OllamaTemplateTests {
    static let messages = [
        "user": [ChatTemplateTests.user("Hello, how are you?")],
        "user-assistant-user": [
            ChatTemplateTests.user("Hello, how are you?"),
            ChatTemplateTests.assistant("I'm doing great. How can I help you today?"),
            ChatTemplateTests.user("I'd like to show off how chat templating works!"),
        ],
        "system-user-assistant-user": [
            ChatTemplateTests.system("You are a helpful assistant."), ChatTemplateTests.user("Hello, how are you?"),
            ChatTemplateTests.assistant("I'm doing great. How can I help you today?"),
            ChatTemplateTests.user("I'd like to show off how chat templating works!"),
        ],
    ]

    @Test func `every template renders every conversation as expected`() throws {
        var count = 0
        for url in try SharedData.files(in: "templates/ollama") where url.pathExtension == "gotmpl" {
            let template = try ChatTemplate(String(contentsOf: url, encoding: .utf8), today: { 0 })
            for expected in try SharedData.files(in: "templates/ollama/testdata/\(url.lastPathComponent)") {
                let messages = try #require(Self.messages[expected.lastPathComponent])
                let wanted = try String(contentsOf: expected, encoding: .utf8)
                #expect(try template.render(messages) == wanted, "\(url.lastPathComponent) \(expected.lastPathComponent)")
                count += 1
            }
        }
        #expect(count == 60)
    }

    @Test func `every template that ollama.com ships for its models parses and renders`() throws {
        let models = try JSONValue(parsing: SharedData.bytes("templates/ollama-automap-half.json")).array ?? []
        var rendered = 0
        for model in models {
            guard let source = model["ollama"]?["template"]?.string else { continue }
            let template = try ChatTemplate(source, today: { 0 })
            let prompt = try template.render(Self.messages["system-user-assistant-user"] ?? [])
            #expect(prompt.contains("I'd like to show off how chat templating works!"), "\(model["model"]?.string ?? "")")
            rendered += 1
        }
        #expect(rendered > 40)
    }
}
