import APITypes
import Hummingbird
import JSONText
import ModelService

/// `/api/tokenize`, `/api/detokenize` and `/api/apply-template`: what a model's text is made of.
extension QuernServer {
    static func addTokenRoutes(to routes: inout RouteTable) {
        routes.add(.post, path: "/api/tokenize") { exchange in
            let request = try TokenRequest(try await exchange.read("TokenizeRequest", fields: TokenRequest.fields))
            let tokens = try await exchange.host.tokenize(request.text, for: request.model)
            return .json(["tokens": .array(tokens.map { .number(JSONNumber($0)) })])
        }
        routes.add(.post, path: "/api/detokenize") { exchange in
            let request = try TokenRequest(try await exchange.read("DetokenizeRequest", fields: TokenRequest.fields))
            return .json(["text": .string(try await exchange.host.detokenize(request.tokens, for: request.model))])
        }
        routes.add(.post, path: "/api/apply-template") { exchange in
            let body = try ChatRequest(try await exchange.read("ChatRequest", fields: ChatRequest.fields))
            return .json(["prompt": .string(try await exchange.host.prompt(of: ReplyRequest(body)))])
        }
    }
}
