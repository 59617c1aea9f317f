import Bytes
import Hummingbird
public import Logging
import ModelManifest
public import ModelService
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The server: Ollama's endpoints over the models of this machine.
public struct QuernServer: Sendable {
    private let server: ServerParts
    private let logger: Logger

    public init(host: ModelHost, settings: ServerSettings, logger: Logger) {
        server = ServerParts(host: host, settings: settings)
        self.logger = logger
    }

    /// What answers requests, without a network.
    public var responder: ServerResponder { ServerResponder(routes: Self.routes, server: server) }

    /// How long answers at work are waited for when the process is asked to stop.
    private static let patience = Duration.seconds(30)
    /// A connection on which nobody asks anything, or half of something, is closed after this.
    private static let idleTime = TimeAmount.seconds(120)

    /// Listens until the process is asked to stop, and then until the requests that are at work are answered.
    ///
    /// - Parameter onReady: gets the port once clients can connect.
    /// - Throws: `ServerError.cannotListen`.
    public func run(onReady: @escaping @Sendable (Int?) -> Void = { _ in }) async throws {
        let address = server.settings.address
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(additionalChannelHandlers: [HangUpWatch()], idleTimeout: Self.idleTime)),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { channel in onReady(channel.localAddress?.port) }, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.patience
        do { try await ServiceGroup(configuration: configuration).run() } catch let error as IOError {
            throw ServerError.cannotListen(host: address.host, port: address.port, problem: SystemCall.reason(error.errnoCode))
        }
    }

    private static var routes: RouteTable {
        var routes = RouteTable()
        addStatusRoutes(to: &routes)
        addModelRoutes(to: &routes)
        addReplyRoutes(to: &routes)
        addEmbedRoutes(to: &routes)
        addTokenRoutes(to: &routes)
        addCreateRoutes(to: &routes)
        addOpenAIRoutes(to: &routes)
        addAnthropicRoutes(to: &routes)
        return routes
    }
}
