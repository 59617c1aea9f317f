import Hummingbird

/// Which handler answers which method and path.
struct RouteTable: Sendable {
    typealias Handler = @Sendable (Exchange) async throws -> Response

    enum Match {
        /// `parameter` is what stands where the route has a `:name`, decoded; empty where it has none.
        case handler(Handler, parameter: String)
        case wrongMethod
        case unknown
    }

    private struct Route {
        let method: HTTPRequest.Method
        let handler: Handler
    }

    private var fixed: [String: [Route]] = [:]
    private var open: [(prefix: String, routes: [Route])] = []

    /// - Parameter path: the whole path; one that ends in `:name` takes anything in its place.
    mutating func add(_ methods: HTTPRequest.Method..., path: String, _ handler: @escaping Handler) {
        let routes = methods.map { Route(method: $0, handler: handler) }
        guard let colon = path.firstIndex(of: ":") else {
            fixed[path, default: []] += routes
            return
        }
        let prefix = String(path[..<colon])
        if let place = open.firstIndex(where: { $0.prefix == prefix }) {
            open[place].routes += routes
        } else {
            open.append((prefix, routes))
        }
    }

    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        if let routes = fixed[path] { return Self.choose(method, among: routes, parameter: "") }
        for (prefix, routes) in open where path.utf8.count > prefix.utf8.count && path.hasPrefix(prefix) {
            guard let parameter = PercentEncoding.decoded(path.dropFirst(prefix.count)) else { return .unknown }
            return Self.choose(method, among: routes, parameter: parameter)
        }
        return .unknown
    }

    /// The route of a path, for counts.
    func label(of path: String) -> String {
        if fixed[path] != nil { return path }
        return open.first { path.hasPrefix($0.prefix) }.map { $0.prefix + ":" } ?? "unknown"
    }

    private static func choose(_ method: HTTPRequest.Method, among routes: [Route], parameter: String) -> Match {
        guard let route = routes.first(where: { $0.method == method }) else { return .wrongMethod }
        return .handler(route.handler, parameter: parameter)
    }
}

/// `%41` in paths.
enum PercentEncoding {
    /// Nil where a sign is cut short or the bytes are no UTF-8.
    static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
