import APITypes
import ChatPrompt
import Hummingbird
import JSONText
import ModelService

/// `/v1/messages` and `/v1/messages/count_tokens`.
extension QuernServer {
    static func addAnthropicRoutes(to routes: inout RouteTable) {
        routes.add(.post, path: "/v1/messages", anthropic(messages))
        routes.add(.post, path: "/v1/messages/count_tokens", anthropic(countTokens))
    }

    /// Tells errors in Anthropic's form.
    private static func anthropic(_ handler: @escaping RouteTable.Handler) -> RouteTable.Handler {
        { exchange in
            do { return try await handler(exchange) } catch {
                let failure = Failure(error)
                return .json(failure.anthropicJSON, status: failure.status)
            }
        }
    }

    private static func messages(_ exchange: Exchange) async throws -> Response {
        let body = try MessagesRequest(try await exchange.read("MessagesRequest", fields: MessagesRequest.fields))
        let request = try ReplyRequest(anthropic: body)
        let model = body.chat.settings.model
        if body.chat.settings.streams {
            return try await exchange.stream(
                request, as: AnthropicDialect(model: model, estimatedTokens: body.estimatedTokens))
        }
        return .json(AnthropicDialect(model: model).json(of: try await exchange.collect(request)))
    }

    private static func countTokens(_ exchange: Exchange) async throws -> Response {
        let body = try MessagesRequest(
            try await exchange.read("MessagesRequest", fields: MessagesRequest.fields), needsLimit: false)
        let (request, host) = (try ReplyRequest(anthropic: body), exchange.host)
        let count = try await exchange.context.whileConnected { try await host.promptLength(of: request) }
        return .json(["input_tokens": .number(JSONNumber(count))])
    }
}

extension ReplyRequest {
    fileprivate init(anthropic body: MessagesRequest) throws {
        try self.init(body.chat)
        // These clients ask every model to think; one that cannot answers without.
        thinksIfAble = true
    }
}
