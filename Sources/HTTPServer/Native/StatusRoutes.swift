import APITypes
import Bytes
import Hummingbird
import JSONText
import ModelManifest
import ModelService
import ModelStore

/// What the server says of itself.
extension QuernServer {
    static func addStatusRoutes(to routes: inout RouteTable) {
        routes.add(.get, .head, path: "/") { _ in .text("Ollama is running") }
        routes.add(.get, .head, path: "/api/version") { _ in .json(["version": .string(OllamaLevel.version)]) }
        routes.add(.get, path: "/api/status", status)
        routes.add(.get, path: "/health") { _ in .json(["status": "ok"]) }
        routes.add(.get, path: "/metrics") { exchange in
            .text(exchange.server.metrics.text(running: await exchange.host.running()))
        }
        routes.add(.get, path: "/api/ps", running)
        routes.add(.post, path: "/api/me") { _ in .json(account, status: .unauthorized) }
        let signedOut: RouteTable.Handler = { _ in
            .json(["error": "you are not currently signed in"], status: .unauthorized)
        }
        routes.add(.post, path: "/api/signout", signedOut)
        routes.add(.delete, path: "/api/user/keys/:key", signedOut)
        for (path, what) in [("web_search", "web search"), ("web_fetch", "web fetch")] {
            routes.add(.post, path: "/api/experimental/\(path)") { _ in
                .json(["error": .string("ollama cloud is disabled: \(what) is unavailable")], status: .forbidden)
            }
        }
        routes.add(.get, path: "/api/experimental/model-recommendations") { _ in .json(["recommendations": []]) }
    }

    private static func status(_ exchange: Exchange) -> Response {
        .json([
            "cloud": ["disabled": true, "source": "none"],
            "quern": ["version": .string(exchange.server.settings.version), "ollama": .string(OllamaLevel.version)],
        ])
    }

    private static var account: JSONValue {
        ["error": "unauthorized", "signin_url": .string("https://ollama.com/connect?name=\(Environment.hostName)")]
    }

    private static func running(_ exchange: Exchange) async -> Response {
        let models: [JSONValue] = await exchange.host.running().map { running in
            let stored = running.stored
            let details = exchange.server.catalogue.entry(for: stored).details
            return [
                "name": .string(stored.name.shortest), "model": .string(stored.name.shortest),
                "size": .number(JSONNumber(running.byteCount)), "digest": .string(stored.digest.hex),
                "details": details.json(withLengths: false), "expires_at": .string(Timestamp.text(of: running.expires)),
                "size_vram": 0, "context_length": .number(JSONNumber(running.contextLength)),
            ]
        }
        return .json(["models": .array(models)])
    }
}

extension Exchange {
    var models: LocalModels { server.models }
}
