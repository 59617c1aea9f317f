import JSONText

/// A message of the client: JSON-RPC 2.0, one object.
enum ProtocolMessage {
    case request(id: JSONValue, method: String, parameters: JSONValue)
    case notification(method: String, parameters: JSONValue)
    /// The answer to a request of ours.
    case response

    /// Deeper JSON is no message of this protocol.
    private static let limits = JSONLimits(depth: 128, byteCount: MessageStream.contentLimit, allowsDuplicateKeys: true)

    init(parsing bytes: [UInt8]) throws(ServerError) {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes, limits: Self.limits) } catch { throw .malformedJSON(error) }
        guard let object = value.object else { throw .invalidMessage("a message is an object, not \(value.kind)") }
        let id = object["id"]
        guard let method = object["method"] else {
            guard id != nil, object["result"] != nil || object["error"] != nil else {
                throw .invalidMessage("a message has a method, a result or an error")
            }
            self = .response
            return
        }
        guard let name = method.string else { throw .invalidMessage("a method is a string, not \(method.kind)") }
        let parameters = object["params"] ?? JSONValue.null
        switch id {
        case nil: self = .notification(method: name, parameters: parameters)
        case .string?, .number?: self = .request(id: id ?? .null, method: name, parameters: parameters)
        default: throw .invalidMessage("an id is a string or a number")
        }
    }
}

/// Messages of the server, with their headers.
public enum ServerMessage {
    static func response(_ id: JSONValue, _ result: JSONValue) -> [UInt8] {
        framed(["jsonrpc": "2.0", "id": id, "result": result])
    }

    static func failure(_ id: JSONValue, _ error: ServerError) -> [UInt8] {
        framed(["jsonrpc": "2.0", "id": id, "error": ["code": .number(JSONNumber(error.code)), "message": .string("\(error)")]])
    }

    static func notification(_ method: String, _ parameters: JSONValue) -> [UInt8] {
        framed(["jsonrpc": "2.0", "method": .string(method), "params": parameters])
    }

    /// - Parameter list: the diagnostics of the document, a JSON array.
    static func diagnostics(_ list: [UInt8], of uri: String, version: JSONValue?) -> [UInt8] {
        var content = Array("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/publishDiagnostics\",\"params\":{\"uri\":".utf8)
        content.appendJSON(uri)
        if let version, !version.isNull { content += Array(",\"version\":".utf8) + version.bytes() }
        content += Array(",\"diagnostics\":".utf8) + list + Array("}}".utf8)
        return MessageStream.framed(content)
    }

    /// What an editor shows to its user.
    public enum Level: Int, Sendable {
        case error = 1
        case warning, info, log
    }

    /// A message in front of the user's eyes.
    public static func show(_ text: String, _ level: Level) -> [UInt8] {
        notification("window/showMessage", ["type": .number(JSONNumber(level.rawValue)), "message": .string(text)])
    }

    /// A message for the editor's log.
    public static func log(_ text: String, _ level: Level = .log) -> [UInt8] {
        notification("window/logMessage", ["type": .number(JSONNumber(level.rawValue)), "message": .string(text)])
    }

    private static func framed(_ value: JSONValue) -> [UInt8] { MessageStream.framed(value.bytes()) }
}
