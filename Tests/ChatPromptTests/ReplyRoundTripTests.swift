import ChatPrompt
import Foundation
import JSONText
import TestSupport
import Testing

/// Message to prompt to message, with every template at hand.
@Suite struct ReplyRoundTripTests {
    struct Source: Sendable {
        let name: String
        let text: String
    }

    /// Chat templates of models, each text once.
    static func sources() throws -> [Source] {
        var sources: [Source] = []
        for name in try SharedData.files(in: "templates/jinja").map(\.lastPathComponent) {
            sources.append(
                Source(name: name, text: String(decoding: try SharedData.bytes("templates/jinja/\(name)"), as: UTF8.self)))
        }
        let mapping = try JSONValue(parsing: try SharedData.bytes("templates/ollama-automap-half.json")).array ?? []
        for model in mapping {
            guard let name = model["model"]?.string, let text = model["gguf"]?.string else { continue }
            sources.append(Source(name: name, text: text))
        }
        var seen: Set<String> = []
        return sources.filter { seen.insert($0.text).inserted }
    }

    static let tools = ["get_weather", "add"].compactMap { name in
        try? ToolDefinition([
            "type": "function",
            "function": [
                "name": .string(name), "description": "d",
                "parameters": [
                    "type": "object",
                    "properties": [
                        "city": ["type": "string", "description": "c"], "days": ["type": "integer", "description": "d"],
                        "deep": ["type": "object", "description": "o"], "list": ["type": "array", "description": "l"],
                        "flag": ["type": "boolean", "description": "f"], "digits": ["type": "string", "description": "t"],
                    ], "required": ["city"],
                ],
            ],
        ])
    }

    static let weather = ToolCall(id: "abcdefghi", index: 0, name: "get_weather", arguments: ["city": "Orléans", "days": 3])
    static let rich = ToolCall(
        id: "abcdefghj", index: 1, name: "add",
        arguments: [
            "city": "a \"b\" {c} [d], e=f <g> 'h'", "deep": ["k": ["x", 2], "n": ["m": false]], "list": [1, "two"], "digits": "42",
        ])

    static let replies: [ChatMessage] = [
        assistant("Green, like moss."), assistant("First.\n\n- a\n- b\n\n`x < y`"), assistant("{\"json\": [1, 2]}"),
        assistant("So it is.", thinking: "The user asks.\n\nI answer."), assistant("", calls: [weather]),
        assistant("I look.", calls: [weather]), assistant("", calls: [weather, rich]), assistant("", calls: [rich]),
        assistant("", thinking: "I need a tool.", calls: [weather]),
    ]

    static func assistant(_ text: String, thinking: String = "", calls: [ToolCall] = []) -> ChatMessage {
        ChatMessage(role: "assistant", content: text, thinking: thinking, toolCalls: calls)
    }

    /// What went wrong with one reply; nil where all that the template wrote came back.
    static func problem(_ template: JinjaChatTemplate, _ syntax: ReplySyntax, _ reply: ChatMessage) -> String? {
        let question = ChatMessage(role: "user", content: "Qvernquestion?")
        let tools = reply.toolCalls.isEmpty ? [] : tools
        func text(_ messages: [ChatMessage], open: Bool) -> String? {
            try? template.trace(messages, tools: tools, think: .on, addsGenerationPrompt: open).text
        }
        guard let prompt = text([question], open: true), let whole = text([question, reply], open: false),
            let plain = text([question, assistant("Qvernanswer")], open: false)
        else { return nil }
        var shared = Array(zip(prompt.utf8, whole.utf8).prefix { $0 == $1 }.map(\.0))
        // Not in the middle of a sign.
        if let sign = shared.lastIndex(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "[") }),
            shared.count < prompt.utf8.count,
            !shared[sign...].contains(where: { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "]") })
        {
            shared.removeSubrange(sign...)
        }
        let end = plain.split(separator: "Qvernanswer", omittingEmptySubsequences: false).last ?? ""
        var written = String(decoding: whole.utf8.dropFirst(shared.count), as: UTF8.self)
        // Turns with calls may lack some of what ends an answer.
        let sharedEnd = zip(written.utf8.reversed(), end.utf8.reversed()).prefix { $0 == $1 }.count
        written = String(decoding: written.utf8.dropLast(sharedEnd), as: UTF8.self)
        let expected = ParsedReply(
            thinking: written.contains(reply.thinking) ? reply.thinking : "",
            content: written.contains(reply.content) ? reply.content : "", calls: writes(written, reply) ? reply.toolCalls : [])
        // A template may leave out of the history what it begins every answer with.
        let prompts = [String(decoding: shared, as: UTF8.self)] + (reply.thinking.isEmpty ? [] : [prompt])
        let readings = prompts.map { ParsedReply(ReplyParser(syntax, prompt: $0, tools: tools), [written]) }
        let isSame = readings.contains { read in
            read.thinking == expected.thinking && read.content == expected.content && read.callTexts == expected.callTexts
        }
        return isSame ? nil : "\(written.debugDescription) was read as \(readings[0])"
    }

    private static func writes(_ text: String, _ reply: ChatMessage) -> Bool {
        reply.toolCalls.allSatisfy { text.contains($0.name) }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `what a template writes of a reply is read back from it`() throws {
        var failures: [String: [String]] = [:]
        var count = 0
        for source in try Self.sources() {
            guard let template = try? JinjaChatTemplate(source.text, bosToken: "<s>", eosToken: "</s>", now: { 1_721_952_000 }),
                let syntax = template.replySyntax
            else { continue }
            count += 1
            failures[source.name] = Self.replies.compactMap { Self.problem(template, syntax, $0) }
        }
        failures = failures.filter { !$0.value.isEmpty }
        #expect(count >= 60, "\(count) templates")
        #expect(failures.keys.sorted() == Self.known.sorted(), "\(failures)")
    }

    /// Cogito 3B writes calls behind text without any sign, Nemotron Nano v2 leaves thinking open in the history.
    static let known = ["NVIDIA-Nemotron-Nano-v2.jinja", "library/cogito:3b"]
}
