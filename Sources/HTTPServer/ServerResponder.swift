import APITypes
import Bytes
public import Hummingbird
import Logging
import ModelManifest

/// Lets requests in, finds their handlers, and makes answers of whatever these throw.
public struct ServerResponder: HTTPResponder {
    private let routes: RouteTable
    private let server: ServerParts
    private let origins: OriginRules
    private let isForThisMachine: Bool
    private let machine = Environment.hostName

    init(routes: RouteTable, server: ServerParts) {
        (self.routes, self.server) = (routes, server)
        origins = OriginRules(server.settings.origins)
        isForThisMachine = HostRules.isLoopback(server.settings.address.host)
    }

    public func respond(to request: Request, context: ServerContext) async throws -> Response {
        let start = ContinuousClock.now
        server.metrics.begin()
        var response: Response
        if let refusal = gate(request) { response = refusal } else { response = await answer(request, context) }
        if let origin = origin(of: request), origins.allow(origin) {
            response.headers[.accessControlAllowOrigin] = origins.allowsAll ? "*" : origin
            if !origins.allowsAll { response.headers[.vary] = "Origin" }
        }
        if let name = HTTPFields.Element.Name("X-Request-Id") { response.headers[name] = context.requestID }
        if request.method == .head { response = response.createHeadResponse() }
        let duration = start.duration(to: .now)
        server.metrics.end(path: routes.label(of: request.uri.path), status: response.status.code, duration)
        log(request, response, context, duration)
        return response
    }

    /// The origin of a page of another place; nil for programs, and for pages of this server.
    private func origin(of request: Request) -> String? {
        guard let origin = request.headers[.origin], !origin.isEmpty, let host = request.head.authority,
            origin != "http://\(host)", origin != "https://\(host)"
        else { return nil }
        return origin
    }

    /// The answer of a request that does not get in, or that only asks whether it may.
    private func gate(_ request: Request) -> Response? {
        if let origin = origin(of: request) {
            guard origins.allow(origin) else { return .empty(.forbidden) }
            if request.method == .options { return preflight }
        }
        guard isForThisMachine else { return nil }
        guard HostRules.allow(request.head.authority ?? "", machine: machine) else { return .empty(.forbidden) }
        return request.method == .options ? .empty(.noContent) : nil
    }

    private var preflight: Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: OriginRules.methods, .accessControlAllowHeaders: OriginRules.headers,
                .accessControlMaxAge: "43200",
            ])
    }

    private func answer(_ request: Request, _ context: ServerContext) async -> Response {
        switch routes.match(request.method, request.uri.path) {
        case .unknown: return .text("404 page not found", status: .notFound)
        case .wrongMethod: return .text("405 method not allowed", status: .methodNotAllowed)
        case .handler(let handler, let parameter):
            let exchange = Exchange(request: request, context: context, server: server, parameter: parameter)
            do { return try await handler(exchange) } catch {
                let failure = Failure(error)
                return .json(failure.json, status: failure.status)
            }
        }
    }

    private func log(_ request: Request, _ response: Response, _ context: ServerContext, _ duration: Duration) {
        context.logger.log(
            level: response.status.code >= 500 ? .error : .info, "\(request.method.rawValue) \(request.uri.path)",
            metadata: ["status": "\(response.status.code)", "duration": "\(duration)"])
    }
}
