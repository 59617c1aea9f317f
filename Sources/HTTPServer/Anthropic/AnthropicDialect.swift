import APITypes
import ChatPrompt
import Hummingbird
import JSONText
import ModelService
import Runner

/// Server-sent events in Anthropic's words: blocks of thinking, text and calls, one after the other.
struct AnthropicDialect: StreamDialect {
    private enum Block { case thinking, text }

    let id: String
    let model: String
    let estimatedTokens: Int
    private var hasStarted = false
    private var open: Block?
    /// The number of the block that is open or comes next.
    private var index = 0
    private var calledTools = false

    static let contentType = "text/event-stream"

    init(model: String, estimatedTokens: Int = 0) {
        id = AnthropicID.make("msg")
        (self.model, self.estimatedTokens) = (model, estimatedTokens)
    }

    mutating func write(_ parts: [ReplyPart], to output: inout ByteBuffer) {
        start(&output)
        for part in parts {
            switch part {
            case .probability: break
            case .event(.thinking(let text)):
                begin(.thinking, &output)
                delta(["type": "thinking_delta", "thinking": .string(text)], &output)
            case .event(.content(let text)):
                begin(.text, &output)
                delta(["type": "text_delta", "text": .string(text)], &output)
            case .event(.toolCall(let call)): write(call, &output)
            case .end(let end): write(end, &output)
            }
        }
    }

    func write(_ failure: Failure, to output: inout ByteBuffer) { output.writeEvent("error", failure.anthropicJSON) }

    private mutating func start(_ output: inout ByteBuffer) {
        guard !hasStarted else { return }
        hasStarted = true
        let message: JSONValue = [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(model), "content": [],
            "usage": ["input_tokens": .number(JSONNumber(estimatedTokens)), "output_tokens": 0],
        ]
        output.writeEvent("message_start", ["type": "message_start", "message": message])
    }

    private mutating func begin(_ block: Block, _ output: inout ByteBuffer) {
        guard open != block else { return }
        stop(&output)
        open = block
        start(
            block == .text ? ["type": "text", "text": ""] : ["type": "thinking", "thinking": ""], &output)
    }

    private func start(_ content: JSONValue, _ output: inout ByteBuffer) {
        output.writeEvent(
            "content_block_start",
            ["type": "content_block_start", "index": .number(JSONNumber(index)), "content_block": content])
    }

    private func delta(_ delta: JSONValue, _ output: inout ByteBuffer) {
        output.writeEvent(
            "content_block_delta", ["type": "content_block_delta", "index": .number(JSONNumber(index)), "delta": delta])
    }

    private mutating func stop(_ output: inout ByteBuffer) {
        guard open != nil else { return }
        open = nil
        endBlock(&output)
    }

    private mutating func endBlock(_ output: inout ByteBuffer) {
        output.writeEvent("content_block_stop", ["type": "content_block_stop", "index": .number(JSONNumber(index))])
        index += 1
    }

    private mutating func write(_ call: ToolCall, _ output: inout ByteBuffer) {
        stop(&output)
        calledTools = true
        start(["type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": [:]], &output)
        let arguments = JSONValue.object(call.arguments).text(.go)
        delta(["type": "input_json_delta", "partial_json": .string(arguments)], &output)
        endBlock(&output)
    }

    private mutating func write(_ end: ReplyEnd, _ output: inout ByteBuffer) {
        stop(&output)
        output.writeEvent(
            "message_delta",
            [
                "type": "message_delta", "delta": ["stop_reason": .string(end.stopReason(calledTools: calledTools))],
                "usage": end.anthropicUsage,
            ])
        output.writeEvent("message_stop", ["type": "message_stop"])
    }

    /// A whole answer.
    func json(of reply: CollectedReply) -> JSONValue {
        var blocks: [JSONValue] = []
        if !reply.thinking.isEmpty { blocks.append(["type": "thinking", "thinking": .string(reply.thinking)]) }
        if !reply.content.isEmpty { blocks.append(["type": "text", "text": .string(reply.content)]) }
        blocks += reply.toolCalls.map { call in
            ["type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": .object(call.arguments)]
        }
        return [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(model),
            // A nil slice of Go's.
            "content": blocks.isEmpty ? JSONValue.null : .array(blocks),
            "stop_reason": .string(reply.end.stopReason(calledTools: !reply.toolCalls.isEmpty)),
            "usage": reply.end.anthropicUsage,
        ]
    }
}

extension ReplyEnd {
    fileprivate var anthropicUsage: JSONValue {
        [
            "input_tokens": .number(JSONNumber(summary.promptTokens)),
            "output_tokens": .number(JSONNumber(summary.generatedTokens)),
        ]
    }

    fileprivate func stopReason(calledTools: Bool) -> String {
        calledTools ? "tool_use" : reason == .length ? "max_tokens" : "end_turn"
    }
}

extension Failure {
    /// `{"type": "error", "error": {"type", "message"}, "request_id"}`
    var anthropicJSON: JSONValue {
        let types = [
            400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
            429: "rate_limit_error", 503: "overloaded_error",
        ]
        return [
            "type": "error", "error": ["type": .string(types[status.code] ?? "api_error"), "message": .string(message)],
            "request_id": .string(AnthropicID.make("req")),
        ]
    }
}

/// Identifiers such as `msg_` and 24 hexadecimal digits.
enum AnthropicID {
    static func make(_ prefix: String) -> String {
        let digits = Array("0123456789abcdef")
        return prefix + "_" + String((0..<24).map { _ in digits[Int.random(in: digits.indices)] })
    }
}
