import JSONText
import Linting

/// A language server for Modelfiles: bytes of the client in, bytes for the client out.
///
///     var server = LanguageServer(environment: environment)
///     while server.exitCode == nil { output.write(server.receive(input.read())) }
///
/// One message after the other, in the order in which they come; nothing runs side by side, so nothing can overtake. Speaks the
/// Language Server Protocol 3.17.
public struct LanguageServer {
    enum Phase {
        case fresh, running, shutDown
    }

    let environment: EditorEnvironment
    let version: String
    var phase = Phase.fresh
    var encoding = PositionEncoding.utf16
    var takesSnippets = false
    var documents: [String: OpenDocument] = [:]
    var analyses: [String: DocumentAnalysis] = [:]
    /// The diagnostics that the client was told last, as JSON, by URI; only of documents that have or had some.
    var published: [String: [UInt8]] = [:]
    let cache: FactsCache
    let templates = TemplateShelf()
    private var stream = MessageStream()
    private(set) var outgoing: [UInt8] = []
    /// Set once the client asked for the end, or cannot be understood any more: 0 after an orderly shutdown, 1 otherwise.
    public private(set) var exitCode: Int32?

    /// - Parameter version: of the program, for the client's log.
    public init(environment: EditorEnvironment, version: String = "") {
        self.environment = environment
        self.version = version
        cache = FactsCache(environment)
    }

    /// Takes bytes of the client, whole messages or parts of them, and gives back what the client shall be told.
    public mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        stream.append(bytes)
        while exitCode == nil, let event = stream.next() {
            switch event {
            case .message(let content): answer(content)
            case .fault(let what): send(ServerMessage.failure(.null, .unreadable(what)))
            case .lost(let what):
                send(ServerMessage.failure(.null, .unreadable(what)))
                exitCode = 1
            }
        }
        defer { outgoing = [] }
        return outgoing
    }

    /// What the exit code is when the client is gone without a word.
    public var exitCodeAtEnd: Int32 { exitCode ?? (phase == .shutDown ? 0 : 1) }

    mutating func send(_ message: [UInt8]) { outgoing += message }

    private mutating func answer(_ content: [UInt8]) {
        do throws(ServerError) {
            switch try ProtocolMessage(parsing: content) {
            case .request(let id, let method, let parameters):
                do throws(ServerError) {
                    let result = try result(of: method, parameters)
                    send(ServerMessage.response(id, result))
                } catch {
                    send(ServerMessage.failure(id, error))
                }
            case .notification("exit", _): exitCode = phase == .shutDown ? 0 : 1
            case .notification(let method, let parameters): notice(method, parameters)
            case .response: break
            }
        } catch {
            send(ServerMessage.failure(.null, error))
        }
    }

    private mutating func result(of method: String, _ parameters: JSONValue) throws(ServerError) -> JSONValue {
        switch (phase, method) {
        case (.fresh, "initialize"): return initialize(parameters)
        case (.fresh, _): throw .notInitialized
        case (.shutDown, _): throw .shutDown
        case (.running, "initialize"): throw .invalidMessage("the server is initialized already")
        case (.running, "shutdown"):
            phase = .shutDown
            return .null
        case (.running, _): return try feature(method, parameters)
        }
    }

    /// Notifications have no answer: what is wrong with one goes to the log.
    private mutating func notice(_ method: String, _ parameters: JSONValue) {
        guard phase == .running else { return }
        do throws(ServerError) { try note(method, parameters) } catch {
            send(ServerMessage.log("\(method): \(error)", .error))
        }
    }
}
