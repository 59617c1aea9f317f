import APITypes
import ChatPrompt
import Hummingbird
import JSONText
import ModelService
import Runner

/// The events of OpenAI's responses: items of reasoning, text and calls, each begun, filled and ended, and the whole at the end.
struct ResponsesDialect: StreamDialect {
    private let id: String
    private let model: String
    private let echoes: ResponsesRequest.Echoes
    private let created = ServerClock.seconds
    private var sequence = 0
    private var hasStarted = false
    private var open: OpenItem?
    /// Items that are complete.
    private var output: [JSONValue] = []

    static let contentType = "text/event-stream"

    /// An item that grows.
    private struct OpenItem {
        enum Kind { case reasoning, message }
        let kind: Kind
        let id: String
        var text = ""
    }

    init(_ request: ResponsesRequest) {
        id = "resp_\(Int.random(in: 0..<999_999))"
        (model, echoes) = (request.chat.settings.model, request.echoes)
    }

    mutating func write(_ parts: [ReplyPart], to buffer: inout ByteBuffer) {
        start(&buffer)
        for part in parts {
            switch part {
            case .probability: break
            case .event(.thinking(let text)): grow(.reasoning, text, &buffer)
            case .event(.content(let text)): grow(.message, text, &buffer)
            case .event(.toolCall(let call)): write(call, &buffer)
            case .end(let end):
                close(&buffer)
                if output.isEmpty {
                    grow(.message, "", &buffer)
                    close(&buffer)
                }
                emit("response.completed", ["response": json(status: "completed", end)], &buffer)
            }
        }
    }

    mutating func write(_ failure: Failure, to buffer: inout ByteBuffer) {
        var response = json(status: "failed", nil).object ?? JSONObject()
        response["error"] = ["code": "server_error", "message": .string(failure.message)]
        emit("response.failed", ["response": .object(response)], &buffer)
    }

    /// A whole answer.
    mutating func json(of reply: CollectedReply) -> JSONValue {
        if !reply.thinking.isEmpty { output.append(reasoning(id: "rs_\(id)", reply.thinking)) }
        for (index, call) in reply.toolCalls.enumerated() { output.append(item(call, index: index, status: "completed")) }
        // Text beside calls is left out, as Ollama does.
        if reply.toolCalls.isEmpty { output.append(message(id: "msg_\(id)", status: "completed", reply.content)) }
        return json(status: "completed", reply.end)
    }

    // MARK: Events

    private mutating func emit(_ name: String, _ fields: JSONObject, _ buffer: inout ByteBuffer) {
        var event: JSONObject = ["type": .string(name), "sequence_number": .number(JSONNumber(sequence))]
        for (key, value) in fields { event[key] = value }
        sequence += 1
        buffer.writeEvent(name, .object(event))
    }

    private mutating func start(_ buffer: inout ByteBuffer) {
        guard !hasStarted else { return }
        hasStarted = true
        for name in ["response.created", "response.in_progress"] {
            emit(name, ["response": json(status: "in_progress", nil)], &buffer)
        }
    }

    private var index: JSONValue { .number(JSONNumber(output.count)) }

    private mutating func grow(_ kind: OpenItem.Kind, _ text: String, _ buffer: inout ByteBuffer) {
        if open?.kind != kind {
            close(&buffer)
            begin(kind, &buffer)
        }
        open?.text += text
        guard let item = open, !text.isEmpty else { return }
        switch kind {
        case .reasoning:
            emit(
                "response.reasoning_summary_text.delta",
                ["item_id": .string(item.id), "output_index": index, "summary_index": 0, "delta": .string(text)], &buffer)
        case .message:
            emit(
                "response.output_text.delta",
                [
                    "item_id": .string(item.id), "output_index": index, "content_index": 0, "delta": .string(text), "logprobs": [],
                ], &buffer)
        }
    }

    private mutating func begin(_ kind: OpenItem.Kind, _ buffer: inout ByteBuffer) {
        let item = OpenItem(kind: kind, id: "\(kind == .message ? "msg" : "rs")_\(id)_\(output.count)")
        open = item
        switch kind {
        case .reasoning:
            let empty: JSONValue = ["id": .string(item.id), "type": "reasoning", "summary": []]
            emit("response.output_item.added", ["output_index": index, "item": empty], &buffer)
        case .message:
            let empty: JSONValue = [
                "id": .string(item.id), "type": "message", "status": "in_progress", "role": "assistant", "content": [],
            ]
            emit("response.output_item.added", ["output_index": index, "item": empty], &buffer)
            emit(
                "response.content_part.added",
                ["item_id": .string(item.id), "output_index": index, "content_index": 0, "part": Self.text("")], &buffer)
        }
    }

    private mutating func close(_ buffer: inout ByteBuffer) {
        guard let item = open else { return }
        open = nil
        let done: JSONValue
        let place: JSONObject = ["item_id": .string(item.id), "output_index": index]
        switch item.kind {
        case .reasoning:
            done = reasoning(id: item.id, item.text)
            emit("response.reasoning_summary_text.done", place.with("summary_index", 0).with("text", .string(item.text)), &buffer)
        case .message:
            done = message(id: item.id, status: "completed", item.text)
            let part = place.with("content_index", 0)
            emit("response.output_text.done", part.with("text", .string(item.text)).with("logprobs", []), &buffer)
            emit("response.content_part.done", part.with("part", Self.text(item.text)), &buffer)
        }
        emit("response.output_item.done", ["output_index": index, "item": done], &buffer)
        output.append(done)
    }

    private mutating func write(_ call: ToolCall, _ buffer: inout ByteBuffer) {
        close(&buffer)
        let number = output.count
        let arguments = JSONValue.string(JSONValue.object(call.arguments).text(.go))
        let place: JSONObject = ["item_id": .string("fc_\(id)_\(number)"), "output_index": index]
        emit(
            "response.output_item.added",
            ["output_index": index, "item": item(call, index: number, status: "in_progress", hasArguments: false)], &buffer)
        emit("response.function_call_arguments.delta", place.with("delta", arguments), &buffer)
        emit("response.function_call_arguments.done", place.with("arguments", arguments), &buffer)
        let done = item(call, index: number, status: "completed")
        emit("response.output_item.done", ["output_index": index, "item": done], &buffer)
        output.append(done)
    }

    // MARK: Items

    private static func text(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    private func message(id: String, status: String, _ text: String) -> JSONValue {
        [
            "id": .string(id), "type": "message", "status": .string(status), "role": "assistant", "content": [Self.text(text)],
        ]
    }

    private func reasoning(id: String, _ text: String) -> JSONValue {
        [
            "id": .string(id), "type": "reasoning", "summary": [["type": "summary_text", "text": .string(text)]],
            "encrypted_content": .string(text),
        ]
    }

    private func item(_ call: ToolCall, index: Int, status: String, hasArguments: Bool = true) -> JSONValue {
        [
            "id": .string("fc_\(id)_\(index)"), "type": "function_call", "status": .string(status), "call_id": .string(call.id),
            "name": .string(call.name),
            "arguments": .string(hasArguments ? JSONValue.object(call.arguments).text(.go) : ""),
        ]
    }

    /// The whole response, as far as it is made.
    private func json(status: String, _ end: ReplyEnd?) -> JSONValue {
        var response = WireObject()
        response.put("id", id)
        response.put("object", "response")
        response.put("created_at", created)
        response.put("completed_at", end == nil ? JSONValue.null : .number(JSONNumber(ServerClock.seconds)))
        response.put("status", status)
        response.put("incomplete_details", JSONValue.null)
        response.put("model", model)
        response.put("previous_response_id", JSONValue.null)
        response.put("instructions", echoes.instructions)
        response.put("output", .array(output))
        response.put("error", JSONValue.null)
        response.put("tools", echoes.tools)
        response.put("tool_choice", "auto")
        response.put("truncation", echoes.truncation)
        response.put("parallel_tool_calls", true)
        response.put("text", ["format": echoes.format])
        response.put("top_p", echoes.topP)
        response.put("presence_penalty", 0)
        response.put("frequency_penalty", 0)
        response.put("top_logprobs", 0)
        response.put("temperature", echoes.temperature)
        response.put("reasoning", echoes.reasoning)
        response.put("usage", end.map(Self.usage) ?? JSONValue.null)
        response.put("max_output_tokens", echoes.maxOutputTokens)
        response.put("max_tool_calls", JSONValue.null)
        response.put("store", false)
        response.put("background", false)
        response.put("service_tier", "default")
        response.put("metadata", [:])
        response.put("safety_identifier", JSONValue.null)
        response.put("prompt_cache_key", JSONValue.null)
        return response.json
    }

    private static func usage(_ end: ReplyEnd) -> JSONValue {
        let (input, output) = (end.summary.promptTokens, end.summary.generatedTokens)
        return [
            "input_tokens": .number(JSONNumber(input)), "output_tokens": .number(JSONNumber(output)),
            "total_tokens": .number(JSONNumber(input + output)), "input_tokens_details": ["cached_tokens": 0],
            "output_tokens_details": ["reasoning_tokens": 0],
        ]
    }
}

extension JSONObject {
    /// The same with another member.
    fileprivate func with(_ key: String, _ value: JSONValue) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }
}
