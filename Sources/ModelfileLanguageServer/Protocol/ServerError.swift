import JSONText

/// Why a message gets no result, with the codes of JSON-RPC 2.0 and of the Language Server Protocol.
enum ServerError: Error, Equatable, CustomStringConvertible {
    case malformedJSON(JSONError)
    case unreadable(String)
    case invalidMessage(String)
    case unknownMethod(String)
    case invalidParameters(String)
    case notInitialized
    case shutDown
    /// All is well formed, and it cannot be done.
    case refused(String)

    var code: Int {
        switch self {
        case .malformedJSON, .unreadable: -32700
        case .invalidMessage, .shutDown: -32600
        case .unknownMethod: -32601
        case .invalidParameters: -32602
        case .notInitialized: -32002
        case .refused: -32803
        }
    }

    var description: String {
        switch self {
        case .malformedJSON(let error): "\(error)"
        case .unreadable(let what), .invalidMessage(let what), .invalidParameters(let what), .refused(let what): what
        case .unknownMethod(let name): "no method '\(name)'"
        case .notInitialized: "the first request must be 'initialize'"
        case .shutDown: "the server was told to shut down"
        }
    }
}
