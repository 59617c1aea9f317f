import JSONText
import ModelfileLanguageServer
import Testing

/// The protocol's frame: beginnings, ends, and what is no message.
@Suite struct ConversationTests {
    private let silent = LanguageServer(environment: EditorEnvironment())

    private func answer(_ session: inout EditorSession, _ text: String) -> JSONValue? {
        session.send(MessageStream.framed(Array(text.utf8))).first
    }

    @Test func `the server says what it can`() {
        var session = EditorSession(capabilities: ["general": ["positionEncodings": ["utf-7", "utf-8", "utf-16"]]])
        let again = session.request("initialize", [:])
        #expect(again["error"]?["code"]?.int == -32600)
        var server = silent
        var stream = MessageStream()
        stream.append(
            server.receive(
                MessageStream.framed(Array("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"initialize\",\"params\":{}}".utf8))))
        guard case .message(let bytes) = stream.next(), let value = try? JSONValue(parsing: bytes) else {
            Issue.record("no answer")
            return
        }
        #expect(value["id"] == "a" && value["result"]?["capabilities"]?["positionEncoding"] == "utf-16")
        #expect(value["result"]?["serverInfo"]?["name"] == "quern")
    }

    @Test func `requests before initialize are refused, notifications dropped`() {
        var server = silent
        let early = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"textDocument/hover\",\"params\":{}}"
        #expect(String(decoding: server.receive(MessageStream.framed(Array(early.utf8))), as: UTF8.self).contains("-32002"))
        let opened = "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{}}"
        #expect(server.receive(MessageStream.framed(Array(opened.utf8))).isEmpty && server.exitCode == nil)
    }

    @Test func `shutdown and exit end in order, exit alone does not`() {
        var session = EditorSession()
        #expect(session.request("shutdown", nil)["result"] == JSONValue.null)
        #expect(session.ask("hover", at: 0, 0) == JSONValue.null)
        #expect(session.server.exitCode == nil && session.server.exitCodeAtEnd == 0)
        session.notify("exit", nil)
        #expect(session.server.exitCode == 0)
        var hasty = EditorSession()
        #expect(hasty.server.exitCodeAtEnd == 1)
        hasty.notify("exit", nil)
        #expect(hasty.server.exitCode == 1)
    }

    @Test(arguments: [
        ("{", -32700), ("", -32700), ("[1,2]", -32600), ("7", -32600), ("{}", -32600), ("{\"id\":1,\"method\":7}", -32600),
        ("{\"id\":{},\"method\":\"x\"}", -32600), ("{\"id\":1,\"method\":\"no/such\"}", -32601),
        ("{\"id\":1,\"method\":\"textDocument/hover\"}", -32602),
        ("{\"id\":1,\"method\":\"textDocument/hover\",\"params\":[1]}", -32602),
        ("{\"id\":1,\"method\":\"textDocument/hover\",\"params\":{\"textDocument\":{\"uri\":\"file:///no\"}}}", -32602),
        ("{\"id\":1,\"method\":\"workspace/executeCommand\",\"params\":{\"command\":\"rm\"}}", -32602),
    ])
    func `what is no message gets an error and harms nothing`(text: String, code: Int) {
        var session = EditorSession()
        #expect(answer(&session, text)?["error"]?["code"]?.int == code)
        session.open("FROM llama3.2\n")
        #expect(session.codes() == [])
    }

    @Test func `deep JSON is refused`() {
        var session = EditorSession()
        let deep = String(repeating: "[", count: 100_000)
        #expect(answer(&session, deep)?["error"]?["code"]?.int == -32700)
    }

    @Test func `notifications that make no sense go to the log`() {
        var session = EditorSession()
        session.notify("textDocument/didOpen", ["textDocument": 3])
        session.notify("textDocument/didChange", ["textDocument": ["uri": "file:///no"]])
        session.notify("$/whatever", [:])
        #expect(session.notices.map(\.method) == ["window/logMessage", "window/logMessage"])
    }

    @Test(arguments: ["textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/rename"])
    func `places outside of the text are clamped, and impossible ones refused`(method: String) {
        var session = EditorSession()
        session.open("FROM llama3.2")
        let document: JSONValue = ["uri": .string(EditorSession.uri)]
        for (line, character) in [(0, Int.max), (Int.max, 0), (5, 5), (Int.max, Int.max)] {
            let answer = session.request(
                method, ["textDocument": document, "position": EditorSession.place(line, character), "newName": "A"])
            #expect(answer["error"] == nil || method == "textDocument/rename")
        }
        for place in [EditorSession.place(-1, 0), ["line": 1e300, "character": 0], ["line": "0", "character": 0], [:]] {
            let answer = session.request(method, ["textDocument": document, "position": place])
            #expect(answer["error"]?["code"]?.int == -32602)
        }
    }
}
