import APITypes
import Hummingbird
import JSONText
import ModelService
import Runner

/// `/api/embed`, and `/api/embeddings` as it was before.
extension QuernServer {
    static func addEmbedRoutes(to routes: inout RouteTable) {
        routes.add(.post, path: "/api/embed", embed)
        routes.add(.post, path: "/api/embeddings", legacyEmbed)
    }

    private static func embed(_ exchange: Exchange) async throws -> Response {
        let request = try EmbedRequest(try await exchange.read("EmbedRequest", fields: EmbedRequest.fields))
        // As with generate, no name is the name of no model.
        if request.model.isEmpty { throw ServiceError.unknownModel("") }
        let host = exchange.host
        let made = try await exchange.context.whileConnected {
            try await host.embed(
                request.input, with: request.model, truncates: request.truncates, dimensions: request.dimensions,
                keepAlive: request.keepAlive)
        }
        var answer = WireObject()
        answer.put("model", request.model)
        answer.put("embeddings", .array(made.embeddings.vectors.map(\.json)))
        if !request.input.isEmpty {
            answer.putUnlessEmpty("total_duration", made.totalDuration)
            answer.putUnlessEmpty("load_duration", made.loadDuration)
            answer.putUnlessEmpty("prompt_eval_count", made.embeddings.promptTokens)
        }
        return .json(answer.json)
    }

    private static func legacyEmbed(_ exchange: Exchange) async throws -> Response {
        let request = try LegacyEmbeddingRequest(
            try await exchange.read("EmbeddingRequest", fields: LegacyEmbeddingRequest.fields))
        let host = exchange.host
        let made = try await exchange.context.whileConnected {
            try await host.embed(
                request.prompt.isEmpty ? [] : [request.prompt], with: request.model, keepAlive: request.keepAlive)
        }
        return .json(["embedding": made.embeddings.vectors.first?.json ?? []])
    }
}

extension [Float] {
    var json: JSONValue { .array(map { .number(JSONNumber($0)) }) }
}
