import APITypes
import ChatPrompt
import JSONText
import ModelManifest
import Testing

/// Requests of the native endpoints, read as Go reads them.
@Suite struct Requests {
    private func reader(_ text: String, _ type: String = "GenerateRequest") throws -> RequestReader {
        try RequestReader(try JSONValue(parsing: text), type: type)
    }

    @Test func whatIsMissingIsEmptyAndStreamsUnlessToldNotTo() throws {
        let request = try GenerateRequest(try reader(#"{"model": "m", "options": null}"#))
        #expect(request.settings.streams && request.settings.truncates && request.settings.shifts)
        #expect(request.prompt.isEmpty && request.context == nil && request.settings.think == .unset)
        #expect(request.settings.options.isEmpty && request.settings.keepAlive == nil)
    }

    @Test func keysAreFoundInWhateverCase() throws {
        let request = try GenerateRequest(try reader(#"{"Model": "m", "PROMPT": "hi", "Stream": false}"#))
        #expect(request.settings.model == "m" && request.prompt == "hi" && !request.settings.streams)
    }

    @Test(arguments: [
        (#"{"model": 1}"#, "json: cannot unmarshal number into Go struct field GenerateRequest.model of type string"),
        (#"{"stream": "yes"}"#, "json: cannot unmarshal string into Go struct field GenerateRequest.stream of type bool"),
        (#"{"context": ["a"]}"#, "json: cannot unmarshal string into Go struct field GenerateRequest.context of type int"),
        (#"{"top_logprobs": 21}"#, "top_logprobs must be between 0 and 20"),
        (#"{"keep_alive": true}"#, "Unsupported type: 'true'"),
        (
            #"{"think": "hard"}"#,
            "invalid think value: \"hard\" (must be \"high\", \"medium\", \"low\", \"max\", true, or false)"
        ),
    ])
    func wrongKindsAreToldInOllamasWords(text: String, problem: String) throws {
        #expect(throws: RequestError(problem)) { _ = try GenerateRequest(try reader(text)) }
    }

    @Test func arraysAndNumbersAreNoRequests() throws {
        #expect(throws: RequestError("json: cannot unmarshal array into Go value of type api.ChatRequest")) {
            _ = try reader("[]", "ChatRequest")
        }
    }

    @Test func conversationsComeWithToolsAndCalls() throws {
        let request = try ChatRequest(
            try reader(
                #"""
                {"model": "m", "messages": [{"role": "USER", "content": "hi"}, {"role": "assistant", "tool_calls":
                [{"function": {"name": "f", "arguments": {"b": 1, "a": 2}}}]}], "tools": [{"type": "function", "function":
                {"name": "f"}}], "think": "low"}
                """#, "ChatRequest"))
        #expect(request.messages.map(\.role) == ["user", "assistant"])
        #expect(request.messages[1].toolCalls.first?.arguments.keys == ["b", "a"])
        #expect(request.tools.map(\.name) == ["f"] && request.settings.think == .level("low"))
    }

    @Test func unknownFieldsAreToldWithWhatTheyResemble() throws {
        let unknown = try reader(#"{"model": "m", "message": [], "zzz": 1}"#).unknownFields(known: ChatRequest.fields)
        #expect(unknown.map(\.name) == ["message", "zzz"] && unknown.map(\.suggestion) == ["messages", nil])
    }

    @Test func inputsToEmbedAreATextOrTexts() throws {
        func input(_ text: String) throws -> [String] { try EmbedRequest(try reader(text, "EmbedRequest")).input }
        #expect(try input(#"{"input": "a"}"#) == ["a"])
        #expect(try input(#"{"input": ["a", ""]}"#) == ["a", ""])
        #expect(try input(#"{"input": ""}"#).isEmpty)
        #expect(throws: RequestError("invalid input type")) { _ = try input(#"{"input": [1]}"#) }
    }

    @Test(arguments: ["/etc/passwd", "a/../b", "./a", "a//b", ""])
    func filesOfACreateLieBelowAFolder(name: String) throws {
        #expect(throws: RequestError("file path must be relative")) {
            _ = try CreateRequest(try reader(#"{"model": "m", "files": {"\#(name)": "sha256:0"}}"#, "CreateRequest"))
        }
    }
}

/// Durations as clients and variables write them.
@Suite struct KeepingAlive {
    @Test(arguments: [
        ("5m", KeepAlive.after(.seconds(300))), ("1h30m", .after(.seconds(5400))), ("0", .after(.zero)), ("-1", .forever),
        ("-1s", .forever), ("300", .after(.seconds(300))), ("1.5s", .after(.seconds(1.5))), ("100ms", .after(.seconds(0.1))),
    ])
    func textsAreDurations(text: String, wanted: KeepAlive) { #expect(KeepAlive(text) == wanted) }

    @Test(arguments: ["", "5", "5x", "m", "1h-", "five", "5 m"])
    func othersAreNone(text: String) { #expect((KeepAlive(text) == nil) == (text != "5")) }
}

/// Lines of answers, with Go's order of members and its rules for what is left out.
@Suite struct Chunks {
    @Test func aPieceOfAnAnswerHasNoMoreThanItNeeds() {
        var chunk = ReplyChunk(model: "m", createdAt: "t")
        chunk.content = "a<b"
        #expect(chunk.generateJSON.text(.go) == #"{"model":"m","created_at":"t","response":"a\u003cb","done":false}"#)
        #expect(
            chunk.chatJSON.text(.go)
                == #"{"model":"m","created_at":"t","message":{"role":"assistant","content":"a\u003cb"},"done":false}"#)
    }

    @Test func theEndHasTimesInNanoseconds() {
        var chunk = ReplyChunk(model: "m", createdAt: "t")
        (chunk.doneReason, chunk.context) = ("stop", [1, 2])
        (chunk.metrics.total, chunk.metrics.evalCount) = (.milliseconds(2), 3)
        #expect(
            chunk.generateJSON.text(.go)
                == #"{"model":"m","created_at":"t","response":"","done":true,"done_reason":"stop","context":[1,2],"total_duration":2000000,"eval_count":3}"#
        )
        #expect(
            chunk.chatJSON.text(.go)
                == #"{"model":"m","created_at":"t","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":2000000,"eval_count":3}"#
        )
    }

    @Test func callsKeepTheOrderOfTheirArguments() {
        var chunk = ReplyChunk(model: "m", createdAt: "t")
        chunk.toolCalls = [ToolCall(id: "call_1", index: 0, name: "f", arguments: ["z": 1, "a": "x"])]
        #expect(
            chunk.chatJSON.text(.go).contains(
                #""tool_calls":[{"id":"call_1","function":{"index":0,"name":"f","arguments":{"z":1,"a":"x"}}}]"#))
    }
}
