public import JSONText
public import ModelManifest
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a running server, ours or Ollama's, one question at a time and waits for the answer.
public struct ServerClient: Sendable {
    private let host: OllamaHost

    public init(_ host: OllamaHost) { self.host = host }

    public enum Method: String, Sendable { case get = "GET", post = "POST", delete = "DELETE" }

    /// What a server says.
    public struct Answer: Sendable {
        public let status: Int
        public let bytes: [UInt8]

        public var json: JSONValue? { try? JSONValue(parsing: bytes, limits: .lenient) }
    }

    /// How long a server may take to accept a connection; an answer may take its time.
    private static let connectionTime = TimeAmount.seconds(5)

    /// Asks, and returns the whole answer.
    ///
    /// - Throws: `ServerClientError.noServer` where nobody listens, `.lost` where the answer breaks off, `.refused` with the
    ///   server's own words for a status that is no success.
    public func ask(_ method: Method, _ path: String, _ body: JSONValue? = nil) throws(ServerClientError) -> Answer {
        guard host.scheme != "https" else { throw .secure(host.host) }
        let answer: Answer
        do { answer = try exchange(method, path, body?.bytes() ?? []) } catch let error as ServerClientError { throw error } catch {
            throw .lost("\(error)")
        }
        guard (200..<300).contains(answer.status) else {
            throw .refused(
                status: answer.status, message: answer.json?["error"]?.string ?? String(decoding: answer.bytes, as: UTF8.self))
        }
        return answer
    }

    private func exchange(_ method: Method, _ path: String, _ body: [UInt8]) throws -> Answer {
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.next().makePromise(of: Answer.self)
        let bootstrap = ClientBootstrap(group: group).connectTimeout(Self.connectionTime).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(AnswerCollector(promise))
            }
        }
        let channel: any Channel
        do { channel = try bootstrap.connect(host: address, port: host.port).wait() } catch {
            promise.fail(ServerClientError.noServer)
            throw ServerClientError.noServer
        }
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method.rawValue), uri: prefix + path)
        head.headers = [
            "Host": "\(host.host):\(host.port)", "Content-Type": "application/json", "Content-Length": "\(body.count)",
            "Connection": "close",
        ]
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try promise.futureResult.wait()
    }

    /// Addresses that stand for all of a machine's are asked as its own.
    private var address: String {
        switch host.host {
        case "", "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host.host
        }
    }

    private var prefix: String { host.path.isEmpty ? "" : "/" + host.path }
}

/// Why a server did not answer, or not as was hoped.
public enum ServerClientError: Error, Equatable, CustomStringConvertible {
    /// Nobody listens there.
    case noServer
    case secure(String)
    case lost(String)
    case refused(status: Int, message: String)

    public var description: String {
        switch self {
        // Ollama's words.
        case .noServer: "could not connect to ollama server, run 'ollama serve' to start it"
        case .secure(let host): "'\(host)' is to be asked over https, which is not supported; OLLAMA_HOST names it"
        case .lost(let problem): "the server's answer broke off: \(problem)"
        case .refused(_, let message): message
        }
    }
}

/// Gathers the parts of one answer.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<ServerClient.Answer>
    private var status = 0
    private var body = ByteBuffer()

    init(_ promise: EventLoopPromise<ServerClient.Answer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(var part): body.writeBuffer(&part)
        case .end:
            promise.succeed(.init(status: status, bytes: Array(body.readableBytesView)))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(ServerClientError.lost("\(error)"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // After the end of an answer the promise is kept, and this changes nothing.
        promise.fail(ServerClientError.lost("the connection was closed"))
        context.fireChannelInactive()
    }
}
