import APITypes
import ChatPrompt
import Hummingbird
import JSONText
import ModelService
import Runner

/// Server-sent events in OpenAI's words.
struct OpenAIDialect: StreamDialect {
    let answer: CompletionAnswer
    let kind: CompletionAnswer.Kind
    let includesUsage: Bool
    private var isFirst = true
    private var calledTools = false
    /// Of tokens whose text has not come yet.
    private var logprobs: [TokenLogprob] = []

    static let contentType = "text/event-stream"

    init(_ kind: CompletionAnswer.Kind, model: String, includesUsage: Bool = false) {
        let prefix = kind == .chat ? "chatcmpl" : "cmpl"
        answer = CompletionAnswer(
            kind, id: "\(prefix)-\(Int.random(in: 0..<999))", created: ServerClock.seconds, model: model)
        (self.kind, self.includesUsage) = (kind, includesUsage)
    }

    mutating func write(_ parts: [ReplyPart], to output: inout ByteBuffer) {
        for part in parts {
            switch part {
            case .probability(let probability): logprobs.append(TokenLogprob(probability))
            case .event(let event): write(event, to: &output)
            case .end(let end): write(end, to: &output)
            }
        }
    }

    /// Text completions carry a usage of nothing in every piece where usage was asked for, as Ollama's do.
    private var emptyUsage: JSONValue? {
        guard kind == .text, includesUsage else { return Optional.none }
        return CompletionAnswer.Usage().json
    }

    private mutating func write(_ event: ReplyParser.Event, to output: inout ByteBuffer) {
        var content = CompletionAnswer.Content()
        content.logprobs = logprobs
        logprobs = []
        switch event {
        case .content(let text): content.text = text
        case .thinking(let text): content.reasoning = text
        case .toolCall(let call):
            content.toolCalls = [call]
            calledTools = true
        }
        output.writeEvent(answer.chunk(content, isFirst: isFirst, usage: emptyUsage))
        isFirst = false
    }

    private func write(_ end: ReplyEnd, to output: inout ByteBuffer) {
        var content = CompletionAnswer.Content()
        content.finishReason = end.finishReason(calledTools: calledTools)
        output.writeEvent(answer.chunk(content, isFirst: isFirst, usage: emptyUsage))
        if includesUsage { output.writeEvent(answer.usageChunk(end.usage)) }
        output.writeString("data: [DONE]\n\n")
    }

    func write(_ failure: Failure, to output: inout ByteBuffer) { output.writeEvent(failure.openAIJSON) }
}

extension ReplyEnd {
    var usage: CompletionAnswer.Usage {
        CompletionAnswer.Usage(prompt: summary.promptTokens, completion: summary.generatedTokens)
    }

    func finishReason(calledTools: Bool) -> String { calledTools && reason == .stop ? "tool_calls" : reason.rawValue }
}

extension CollectedReply {
    var openAIContent: CompletionAnswer.Content {
        var result = CompletionAnswer.Content()
        (result.text, result.reasoning, result.toolCalls) = (content, thinking, toolCalls)
        result.logprobs = logprobs
        result.finishReason = end.finishReason(calledTools: !toolCalls.isEmpty)
        return result
    }
}

extension Failure {
    /// `{"error": {"message", "type", "param", "code"}}`
    var openAIJSON: JSONValue {
        let type = [400: "invalid_request_error", 404: "not_found_error"][status.code] ?? "api_error"
        return ["error": ["message": .string(message), "type": .string(type), "param": nil, "code": nil]]
    }
}

extension ByteBuffer {
    /// A server-sent event without a name.
    mutating func writeEvent(_ value: JSONValue) {
        writeString("data: ")
        writeBytes(value.bytes(.go))
        writeString("\n\n")
    }

    /// A server-sent event with a name.
    mutating func writeEvent(_ name: String, _ value: JSONValue) {
        writeString("event: \(name)\n")
        writeEvent(value)
    }
}
