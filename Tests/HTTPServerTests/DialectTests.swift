import HTTPServer
import Hummingbird
import JSONText
import Testing

/// OpenAI's and Anthropic's dialects over a model of random weights: the form of answers.
@Suite struct Dialects {
    let server: ServerFixture

    init() throws {
        server = try ServerFixture()
        try server.create("tiny")
    }

    /// The data of server-sent events.
    private func events(_ answer: ServerFixture.Answer) -> [JSONValue] {
        answer.text.split(separator: "\n").filter { $0.hasPrefix("data: {") }.compactMap {
            try? JSONValue(parsing: String($0.dropFirst("data: ".count)))
        }
    }

    @Test func aCompletionHasOpenAIsForm() async throws {
        let answer = try await server.post(
            "/v1/chat/completions",
            #"{"model": "tiny", "messages": [{"role": "user", "content": [{"type": "text", "text": "ab"}]}], "max_tokens": 3, "seed": 1}"#
        )
        #expect(answer.status == 200 && answer.json["object"] == "chat.completion")
        #expect(answer.json["id"]?.string?.hasPrefix("chatcmpl-") == true && answer.json["system_fingerprint"] == "fp_ollama")
        #expect(answer.json["choices"]?[0]?["finish_reason"] == "length" && answer.json["usage"]?["completion_tokens"] == 3)
        #expect(answer.json["choices"]?[0]?["message"]?["role"] == "assistant")
    }

    @Test func aStreamTellsTheRoleOnceAndEndsWithDone() async throws {
        let answer = try await server.post(
            "/v1/chat/completions",
            #"{"model": "tiny", "messages": [{"role": "user", "content": "ab"}], "max_tokens": 4, "seed": 1, "stream": true, "stream_options": {"include_usage": true}}"#
        )
        #expect(answer.headers[.contentType] == "text/event-stream" && answer.text.hasSuffix("data: [DONE]\n\n"))
        let chunks = events(answer)
        #expect(chunks.count { $0["choices"]?[0]?["delta"]?["role"] == "assistant" } == 1)
        #expect(chunks.count { $0["usage"] != nil } == 1)
        let finish = try #require(chunks.dropLast().last)
        #expect(finish["choices"]?[0]?["finish_reason"] == "length" && finish["choices"]?[0]?["delta"] == [:])
        #expect(chunks.last?["choices"] == [] && chunks.last?["usage"]?["completion_tokens"] == 4)
    }

    @Test(arguments: [
        ("/v1/chat/completions", #"{"model": "x", "messages": []}"#, 400, "[] is too short - 'messages'"),
        ("/v1/chat/completions", #"{"model": "x", "messages": [{"role": "user", "content": "a"}]}"#, 404, "model 'x' not found"),
        (
            "/v1/chat/completions", #"{"model": "x", "messages": [{"role": "user", "content": 1}]}"#, 400,
            "invalid message content type: a number"
        ),
        ("/v1/embeddings", #"{"model": "x", "input": []}"#, 400, "invalid input"),
        (
            "/v1/embeddings", #"{"model": "x", "input": "a", "encoding_format": "hex"}"#, 400,
            "Invalid value for 'encoding_format' = hex. Supported values: ['float', 'base64']."
        ),
        ("/v1/models/x", "", 404, "model 'x' not found"),
        (
            "/v1/responses", #"{"model": "x", "input": "a", "previous_response_id": "r"}"#, 400,
            "previous_response_id is not supported: send the whole conversation as input"
        ),
    ])
    func errorsHaveOpenAIsForm(path: String, body: String, status: Int, message: String) async throws {
        let answer = try await server.ask(path.contains("models") ? .get : .post, path, body)
        let type = status == 404 ? "not_found_error" : "invalid_request_error"
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.json["error"] == ["message": .string(message), "type": .string(type), "param": nil, "code": nil])
    }

    @Test func modelsAreListedForOpenAI() async throws {
        let list = try await server.ask(.get, "/v1/models").json
        #expect(list["object"] == "list" && list["data"]?[0]?["id"] == "tiny:latest" && list["data"]?[0]?["owned_by"] == "library")
        #expect(try await server.ask(.get, "/v1/models/tiny%3Alatest").json["id"] == "tiny:latest")
        #expect(try await ServerFixture().ask(.get, "/v1/models").text == #"{"object":"list","data":null}"#)
    }

    @Test func aResponseTellsItsItemsInOrder() async throws {
        let answer = try await server.post(
            "/v1/responses", #"{"model": "tiny", "input": "ab", "max_output_tokens": 3, "stream": true}"#)
        let events = events(answer)
        let kinds = events.compactMap { $0["type"]?.string }
        #expect(kinds.starts(with: ["response.created", "response.in_progress", "response.output_item.added"]))
        #expect(
            kinds.suffix(4) == [
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ])
        #expect(events.compactMap { $0["sequence_number"]?.int } == Array(events.indices))
        let whole = try #require(events.last?["response"])
        #expect(whole["status"] == "completed" && whole["usage"]?["output_tokens"] == 3)
        #expect(whole["output"]?[0]?["content"]?[0]?["type"] == "output_text")
    }

    @Test func aMessageHasAnthropicsForm() async throws {
        let body =
            #"{"model": "tiny", "max_tokens": 3, "messages": [{"role": "user", "content": "ab"}], "thinking": {"type": "enabled"}"#
        let answer = try await server.post("/v1/messages", body + "}")
        #expect(answer.json["type"] == "message" && answer.json["stop_reason"] == "max_tokens", "\(answer.text)")
        #expect(answer.json["usage"]?["output_tokens"] == 3 && answer.json["content"]?[0]?["type"] == "text")
        let kinds = events(try await server.post("/v1/messages", body + #", "stream": true}"#)).compactMap { $0["type"]?.string }
        #expect(kinds.first == "message_start" && kinds.suffix(2) == ["message_delta", "message_stop"])
        #expect(kinds.count { $0 == "content_block_start" } == 1 && kinds.count { $0 == "content_block_stop" } == 1)
    }

    @Test(arguments: [
        (#"{"messages": []}"#, 400, "model is required"), (#"{"model": "x"}"#, 400, "max_tokens is required and must be positive"),
        (#"{"model": "x", "max_tokens": 1}"#, 400, "messages is required"),
        (#"{"model": "x", "max_tokens": 1, "messages": [{"role": "user", "content": "a"}]}"#, 404, "model 'x' not found"),
    ])
    func errorsHaveAnthropicsForm(body: String, status: Int, message: String) async throws {
        let answer = try await server.post("/v1/messages", body)
        let type = status == 404 ? "not_found_error" : "invalid_request_error"
        #expect(answer.status == status && answer.json["type"] == "error")
        #expect(answer.json["error"] == ["type": .string(type), "message": .string(message)])
        #expect(answer.json["request_id"]?.string?.hasPrefix("req_") == true)
    }
}
