import APITypes
import Bytes
import Hummingbird
import JSONText
import Logging
import ModelManifest
import ModelService
import ModelStore

/// Models: listed, looked into, copied, removed, fetched and sent.
extension QuernServer {
    static func addModelRoutes(to routes: inout RouteTable) {
        routes.add(.get, .head, path: "/api/tags", list)
        routes.add(.post, path: "/api/show", show)
        routes.add(.post, path: "/api/copy", copy)
        routes.add(.delete, path: "/api/delete", delete)
        routes.add(.post, path: "/api/pull") {
            try await $0.refuseTransfer("pull", "PullRequest", "quern create builds models from files")
        }
        routes.add(.post, path: "/api/push") {
            try await $0.refuseTransfer("push", "PushRequest", "the store of models can be copied")
        }
    }

    private static func list(_ exchange: Exchange) throws -> Response {
        let (models, problems) = try exchange.models.list()
        for problem in problems { exchange.logger.warning("\(problem)") }
        let items: [JSONValue] = models.map { summary in
            let (stored, config) = (summary.model, summary.config)
            let entry = exchange.server.catalogue.entry(for: stored)
            var item = WireObject()
            item.put("name", stored.name.shortest)
            item.put("model", stored.name.shortest)
            item.putUnlessEmpty("remote_model", config.remoteModel)
            item.putUnlessEmpty("remote_host", config.remoteHost)
            item.put("modified_at", Timestamp.text(of: stored.modified))
            item.put("size", stored.size)
            item.put("digest", stored.digest.hex)
            item.put("details", entry.details.json(withLengths: true))
            item.putUnlessEmpty("capabilities", entry.capabilities.map { .string($0) })
            return item.json
        }
        return .json(["models": .array(items)])
    }

    private static func show(_ exchange: Exchange) async throws -> Response {
        let request = try NamedModelRequest(try await exchange.read("ShowRequest", fields: NamedModelRequest.fields))
        let requested = try RequestedModel(request.model)
        let stored: StoredModel
        do { stored = try exchange.models.stored(requested) } catch ServiceError.unknownModel {
            throw ServiceError.unknownModel(requested.name.shortest)
        }
        var shown = try exchange.models.inspect(stored).showJSON(arrays: request.isVerbose, system: request.system)
        // Copilot asks for the name under this key.
        if exchange.request.headers[.userAgent]?.hasPrefix("GitHubCopilotChat/") == true, var info = shown["model_info"]?.object {
            info["general.basename"] = .string(request.model)
            shown["model_info"] = .object(info)
        }
        return .json(.object(shown))
    }

    private static func copy(_ exchange: Exchange) async throws -> Response {
        let request = try CopyRequest(try await exchange.read("CopyRequest", fields: CopyRequest.fields))
        try exchange.naming { try exchange.models.copy(request.source, to: request.destination) }
        return .empty(.ok)
    }

    private static func delete(_ exchange: Exchange) async throws -> Response {
        let request = try NamedModelRequest(try await exchange.read("DeleteRequest", fields: NamedModelRequest.fields))
        if let name = try? ModelName(request.model), let stored = try? exchange.models.store.model(name) {
            await exchange.host.unload(stored)
        }
        try exchange.naming { try exchange.models.remove(request.model) }
        return .empty(.ok)
    }
}

extension Exchange {
    /// Tells a name that cannot be one as Ollama does, without the reason that the command line gives.
    fileprivate func naming(_ body: () throws -> Void) throws {
        do { try body() } catch ServiceError.invalidName(let name, let role, _) {
            throw RequestError("\(role) \"\(name)\" is invalid")
        }
    }

    /// Registries are not spoken to.
    fileprivate func refuseTransfer(_ what: String, _ type: String, _ hint: String) async throws -> Response {
        let request = try NamedModelRequest(try await read(type, fields: NamedModelRequest.fields))
        _ = try RequestedModel(request.model)
        throw RequestError("\(what) is not built yet: this server does not speak to registries; \(hint)", status: 501)
    }
}
