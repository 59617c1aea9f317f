import Diagnostics
import JSONText
import ModelfileLanguageServer
import ModelfileSuperset
import Testing

/// A client for tests: it asks, and understands what it is told.
struct EditorSession {
    var server: LanguageServer
    private var lastID = 0
    /// Notifications of the server, in order.
    private(set) var notices: [(method: String, parameters: JSONValue)] = []

    static let uri = "file:///work/Modelfile"

    init(files: [String: String] = [:], capabilities: JSONValue = [:], _ adjust: (inout EditorEnvironment) -> Void = { _ in }) {
        var environment = EditorEnvironment()
        environment.files = { folder in folder == "/work" ? FileProvider(files) : .none }
        adjust(&environment)
        server = LanguageServer(environment: environment, version: "1")
        _ = request("initialize", ["processId": nil, "rootUri": nil, "capabilities": capabilities])
        notify("initialized", [:])
    }

    /// Sends bytes as they are and returns the messages that come back.
    mutating func send(_ bytes: [UInt8]) -> [JSONValue] {
        var stream = MessageStream()
        stream.append(server.receive(bytes))
        var answers: [JSONValue] = []
        while let event = stream.next() {
            guard case .message(let content) = event, let value = try? JSONValue(parsing: content) else {
                Issue.record("the server sent something that is no message")
                continue
            }
            if let method = value["method"]?.string {
                notices.append((method, value["params"] ?? JSONValue.null))
            } else {
                answers.append(value)
            }
        }
        return answers
    }

    mutating func send(_ message: JSONValue) -> [JSONValue] { send(MessageStream.framed(message.bytes())) }

    /// The whole answer to a request.
    mutating func request(_ method: String, _ parameters: JSONValue) -> JSONValue {
        lastID += 1
        let answers = send(["jsonrpc": "2.0", "id": .number(JSONNumber(lastID)), "method": .string(method), "params": parameters])
        #expect(answers.count == 1 && answers.first?["id"]?.int == lastID)
        return answers.first ?? .null
    }

    mutating func notify(_ method: String, _ parameters: JSONValue) {
        #expect(send(["jsonrpc": "2.0", "method": .string(method), "params": parameters]) == [])
    }

    // MARK: Documents

    mutating func open(_ text: String, uri: String = uri) {
        notify(
            "textDocument/didOpen",
            ["textDocument": ["uri": .string(uri), "languageId": "modelfile", "version": 1, "text": .string(text)]])
    }

    mutating func change(_ changes: JSONValue..., uri: String = uri) {
        notify("textDocument/didChange", ["textDocument": ["uri": .string(uri), "version": 2], "contentChanges": .array(changes)])
    }

    /// The last diagnostics of a file, nil where there were none.
    func diagnostics(_ uri: String = uri) -> JSONValue? {
        notices.last { $0.method == "textDocument/publishDiagnostics" && $0.parameters["uri"]?.string == uri }?
            .parameters["diagnostics"]
    }

    func codes(_ uri: String = uri) -> [String] { diagnostics(uri)?.array?.compactMap { $0["code"]?.string } ?? ["none told"] }

    /// The result of a request about a document.
    mutating func ask(_ method: String, _ more: JSONObject = [:], uri: String = uri) -> JSONValue {
        var parameters: JSONObject = ["textDocument": ["uri": .string(uri)]]
        for (key, value) in more { parameters[key] = value }
        return request("textDocument/\(method)", .object(parameters))["result"] ?? JSONValue.null
    }

    /// The same at a place.
    mutating func ask(_ method: String, at line: Int, _ character: Int, _ more: JSONObject = [:], uri: String = uri) -> JSONValue {
        var more = more
        more["position"] = Self.place(line, character)
        return ask(method, more, uri: uri)
    }

    static func place(_ line: Int, _ character: Int) -> JSONValue {
        ["line": .number(JSONNumber(line)), "character": .number(JSONNumber(character))]
    }

    static func range(_ start: (Int, Int), _ end: (Int, Int)) -> JSONValue {
        ["start": place(start.0, start.1), "end": place(end.0, end.1)]
    }

    /// Makes edits that count UTF-16 units, last first.
    static func applying(_ edits: JSONValue?, to text: String) -> String {
        let source = SourceText(text)
        func offset(_ place: JSONValue?) -> Int {
            source.offset(at: UTF16Position(line: place?["line"]?.int ?? -1, character: place?["character"]?.int ?? -1))
        }
        let fixIt = FixIt(
            "",
            (edits?.array ?? []).map { edit in
                FixIt.Edit(offset(edit["range"]?["start"])..<offset(edit["range"]?["end"]), edit["newText"]?.string ?? "?")
            })
        return source.applying([fixIt])
    }
}
