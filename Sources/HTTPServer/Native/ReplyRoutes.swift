import APITypes
import ChatPrompt
import ConstrainedDecoding
import Hummingbird
import JSONText
import ModelService

/// `/api/generate` and `/api/chat`.
extension QuernServer {
    static func addReplyRoutes(to routes: inout RouteTable) {
        routes.add(.post, path: "/api/generate", generate)
        routes.add(.post, path: "/api/chat", chat)
    }

    private static func generate(_ exchange: Exchange) async throws -> Response {
        let body = try GenerateRequest(try await exchange.read("GenerateRequest", fields: GenerateRequest.fields))
        // Ollama finds no model of that name, where chat misses the name.
        if body.settings.model.isEmpty { throw ServiceError.unknownModel("") }
        var prompt = SinglePrompt(body.prompt)
        (prompt.suffix, prompt.system, prompt.template) = (body.suffix, body.system, body.template)
        (prompt.context, prompt.isRaw) = (body.context, body.isRaw)
        if body.imageCount > 0 { throw ServiceError.doesNotSupport(model: body.settings.model, capability: "image input") }
        let request = try ReplyRequest(body.settings, .single(prompt))
        return try await exchange.reply(to: request, body.settings, NativeDialect(model: body.settings.model, isChat: false))
    }

    private static func chat(_ exchange: Exchange) async throws -> Response {
        let body = try ChatRequest(try await exchange.read("ChatRequest", fields: ChatRequest.fields))
        let request = try ReplyRequest(body)
        return try await exchange.reply(to: request, body.settings, NativeDialect(model: body.settings.model, isChat: true))
    }
}

extension Exchange {
    fileprivate func reply(
        to request: ReplyRequest, _ settings: ReplySettings, _ dialect: NativeDialect
    ) async throws -> Response {
        if settings.rendersOnly {
            let host = host
            let prompt = try await context.whileConnected { try await host.prompt(of: request) }
            return .json(dialect.json(ofPrompt: prompt))
        }
        // Loading and unloading is told in one object, streamed or not.
        return settings.streams && !request.isEmpty
            ? try await stream(request, as: dialect) : .json(dialect.json(of: try await collect(request)))
    }
}

extension ReplyRequest {
    init(_ chat: ChatRequest) throws {
        if chat.messages.contains(where: { $0.imageCount > 0 }) {
            throw ServiceError.doesNotSupport(model: chat.settings.model, capability: "image input")
        }
        try self.init(chat.settings, .conversation(chat.messages, tools: chat.tools))
    }

    init(_ settings: ReplySettings, _ prompt: Prompt) throws(RequestError) {
        self.init(model: settings.model, prompt: prompt)
        (think, options, keepAlive) = (settings.think, settings.options, settings.keepAlive)
        (truncates, shifts) = (settings.truncates, settings.shifts)
        do { format = try GrammarSource.source(format: settings.format) } catch {
            let found = settings.format?.text(.go) ?? ""
            throw RequestError("invalid format: \(found); expected \"json\" or a valid JSON Schema object", status: 500)
        }
        if settings.logprobs { likeliestTokens = settings.topLogprobs }
    }
}
