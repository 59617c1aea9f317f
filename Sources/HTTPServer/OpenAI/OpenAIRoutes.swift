import APITypes
import Bytes
import Hummingbird
import JSONText
import ModelManifest
import ModelService
import ModelStore
import Runner

/// `/v1/chat/completions`, `/v1/completions`, `/v1/embeddings` and `/v1/models`.
extension QuernServer {
    static func addOpenAIRoutes(to routes: inout RouteTable) {
        routes.add(.post, path: "/v1/chat/completions", openAI(chatCompletions))
        routes.add(.post, path: "/v1/completions", openAI(completions))
        routes.add(.post, path: "/v1/responses", openAI(responses))
        routes.add(.post, path: "/v1/embeddings", openAI(openAIEmbeddings))
        routes.add(.get, path: "/v1/models", openAI(openAIModels))
        routes.add(.get, path: "/v1/models/:model", openAI(openAIModel))
    }

    /// Tells errors in OpenAI's form.
    static func openAI(_ handler: @escaping RouteTable.Handler) -> RouteTable.Handler {
        { exchange in
            do { return try await handler(exchange) } catch {
                let failure = Failure(error)
                return .json(failure.openAIJSON, status: failure.status)
            }
        }
    }

    private static func chatCompletions(_ exchange: Exchange) async throws -> Response {
        let body = try ChatCompletionRequest(
            try await exchange.read("ChatCompletionRequest", fields: ChatCompletionRequest.fields))
        let request = try ReplyRequest(body.chat)
        let model = body.chat.settings.model
        if body.chat.settings.rendersOnly { return try await exchange.showPrompt(of: request) }
        if body.chat.settings.streams {
            guard body.choices == 1 else { throw RequestError("n above 1 cannot be streamed") }
            return try await exchange.stream(request, as: OpenAIDialect(.chat, model: model, includesUsage: body.includesUsage))
        }
        let replies = try await exchange.collect(request, times: body.choices)
        var usage = replies[0].end.usage
        usage.completionTokens = replies.reduce(0) { $0 + $1.end.summary.generatedTokens }
        return .json(OpenAIDialect(.chat, model: model).answer.json(replies.map(\.openAIContent), usage))
    }

    private static func completions(_ exchange: Exchange) async throws -> Response {
        let body = try CompletionRequest(try await exchange.read("CompletionRequest", fields: CompletionRequest.fields))
        var prompt = SinglePrompt(body.prompt)
        prompt.suffix = body.suffix
        let request = try ReplyRequest(body.settings, .single(prompt))
        if body.settings.rendersOnly { return try await exchange.showPrompt(of: request) }
        let dialect = OpenAIDialect(.text, model: body.settings.model, includesUsage: body.includesUsage)
        if body.settings.streams { return try await exchange.stream(request, as: dialect) }
        let reply = try await exchange.collect(request)
        return .json(dialect.answer.json([reply.openAIContent], reply.end.usage))
    }

    private static func responses(_ exchange: Exchange) async throws -> Response {
        let body = try ResponsesRequest(try await exchange.read("ResponsesRequest", fields: ResponsesRequest.fields))
        let request = try ReplyRequest(body.chat)
        var dialect = ResponsesDialect(body)
        if body.chat.settings.streams { return try await exchange.stream(request, as: dialect) }
        return .json(dialect.json(of: try await exchange.collect(request)))
    }

    private static func openAIEmbeddings(_ exchange: Exchange) async throws -> Response {
        let body = try OpenAIEmbedRequest(try await exchange.read("EmbedRequest", fields: OpenAIEmbedRequest.fields))
        let host = exchange.host
        let made = try await exchange.context.whileConnected {
            try await host.embed(body.input, with: body.model, dimensions: body.dimensions)
        }
        let items: [JSONValue] = made.embeddings.vectors.enumerated().map { index, vector in
            [
                "object": "embedding", "embedding": body.isBase64 ? .string(vector.base64) : vector.json,
                "index": .number(JSONNumber(index)),
            ]
        }
        let tokens = JSONValue.number(JSONNumber(made.embeddings.promptTokens))
        return .json([
            "object": "list", "data": .array(items), "model": .string(body.model),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ])
    }

    private static func openAIModels(_ exchange: Exchange) throws -> Response {
        let models = try exchange.models.list().models.map { openAIJSON($0.model, id: $0.model.name.shortest) }
        // A nil slice of Go's.
        return .json(["object": "list", "data": models.isEmpty ? JSONValue.null : .array(models)])
    }

    private static func openAIModel(_ exchange: Exchange) throws -> Response {
        let stored = try exchange.models.stored(try RequestedModel(exchange.parameter))
        return .json(openAIJSON(stored, id: exchange.parameter))
    }

    private static func openAIJSON(_ model: StoredModel, id: String) -> JSONValue {
        [
            "id": .string(id), "object": "model", "created": .number(JSONNumber(model.modified.seconds)),
            "owned_by": .string(model.name.namespace),
        ]
    }
}

extension Exchange {
    /// Several answers, made at the same time where the model can. A seed counts up, or they would all be the same.
    fileprivate func collect(_ request: ReplyRequest, times: Int) async throws -> [CollectedReply] {
        try await withThrowingTaskGroup(of: (place: Int, reply: CollectedReply).self) { group in
            for place in 0..<times {
                var request = request
                if let seed = request.options["seed"]?.int { request.options["seed"] = .number(JSONNumber(seed &+ place)) }
                group.addTask { [request] in (place, try await collect(request)) }
            }
            var replies: [Int: CollectedReply] = [:]
            for try await (place, reply) in group { replies[place] = reply }
            return (0..<times).compactMap { replies[$0] }
        }
    }

    /// Only the prompt, as `_debug_render_only` asks.
    func showPrompt(of request: ReplyRequest) async throws -> Response {
        let host = host
        let prompt = try await context.whileConnected { try await host.prompt(of: request) }
        return .json(["_debug_info": ["rendered_template": .string(prompt)]])
    }
}

extension [Float] {
    /// The numbers' bytes, the lowest first, in base64.
    var base64: String {
        Base64.text(of: flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } })
    }
}
