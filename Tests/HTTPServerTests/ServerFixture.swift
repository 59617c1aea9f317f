import HTTPServer
import Hummingbird
import JSONText
import Logging
import ModelService
import ModelStore
import NIOCore
import Synchronization
import TestSupport

/// A server over a store of its own, asked without a network.
struct ServerFixture {
    let folder: TemporaryFolder
    let host: ModelHost
    let server: QuernServer
    private let logger: Logger

    init(_ settings: ServerSettings = ServerSettings(), host hostSettings: HostSettings = HostSettings()) throws {
        folder = try TemporaryFolder()
        let models = LocalModels(store: try ModelStore(root: folder.file("models").path))
        logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        host = ModelHost(models: models, settings: hostSettings)
        server = QuernServer(host: host, settings: settings, logger: logger)
    }

    /// What came back.
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let text: String

        var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
        /// Of NDJSON.
        var lines: [JSONValue] {
            text.split(separator: "\n").map { (try? JSONValue(parsing: String($0))) ?? .null }
        }
        var error: String? { json["error"]?.string }
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", headers: HTTPFields = [:], host: String = "localhost",
        bytes: [UInt8]? = nil
    ) async throws -> Answer {
        let head = HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes ?? Array(body.utf8))))
        let response = try await server.responder.respond(to: request, context: ServerContext(logger: logger))
        let sink = Sink()
        try await response.body.write(sink)
        return Answer(status: response.status.code, headers: response.headers, text: sink.text)
    }

    func post(_ path: String, _ body: String) async throws -> Answer { try await ask(.post, path, body) }

    /// Collects what a body writes.
    private final class Sink: ResponseBodyWriter, Sendable {
        private let buffer = Mutex(ByteBuffer())
        var text: String { buffer.withLock { String(buffer: $0) } }

        func write(_ part: ByteBuffer) async throws { buffer.withLock { _ = $0.writeImmutableBuffer(part) } }
        func finish(_ trailers: HTTPFields?) async throws {}
    }
}
