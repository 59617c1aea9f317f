import APITypes
import ChatPrompt
import Hummingbird
import ModelService

/// How an answer is written while it is made.
protocol StreamDialect: Sendable {
    static var contentType: String { get }
    mutating func write(_ parts: [ReplyPart], to output: inout ByteBuffer)
    /// What went wrong after the answer had begun.
    mutating func write(_ failure: Failure, to output: inout ByteBuffer)
}

/// A whole answer.
struct CollectedReply: Sendable {
    var content = ""
    var thinking = ""
    var toolCalls: [ToolCall] = []
    var logprobs: [TokenLogprob] = []
    var end = ReplyEnd(.stop)

    mutating func add(_ part: ReplyPart) {
        switch part {
        case .probability(let probability): logprobs.append(TokenLogprob(probability))
        case .event(.content(let text)): content += text
        case .event(.thinking(let text)): thinking += text
        case .event(.toolCall(let call)): toolCalls.append(call)
        case .end(let end): self.end = end
        }
    }
}

extension TokenLogprob {
    init(_ probability: TokenProbability) {
        self.init(probability.token)
        top = probability.likeliest.map { TokenLogprob($0) }
    }

    private init(_ candidate: TokenProbability.Candidate) {
        self.init(token: candidate.text, bytes: candidate.bytes, logprob: Double(candidate.logarithm))
    }
}

extension Exchange {
    /// Answers piece by piece. What goes wrong before the first piece is thrown, so that it gets its own status.
    func stream(_ request: ReplyRequest, as dialect: some StreamDialect) async throws -> Response {
        try check(request.options)
        let (host, context, metrics) = (host, context, server.metrics)
        let (reply, first) = try await context.whileConnected {
            let reply = try await host.reply(to: request)
            return (reply, try await reply.next())
        }
        let type = type(of: dialect).contentType
        return .streamed(type: type) { writer in
            let forget = await context.onHangUp { reply.close() }
            defer {
                forget()
                reply.close()
            }
            var (dialect, parts) = (dialect, first)
            while !parts.isEmpty {
                var output = ByteBuffer()
                dialect.write(parts, to: &output)
                if case .end(let end)? = parts.last { metrics.add(end) }
                try await writer.write(output)
                do { parts = try await reply.next() } catch {
                    var output = ByteBuffer()
                    dialect.write(Failure(error), to: &output)
                    try await writer.write(output)
                    parts = []
                }
            }
        }
    }

    /// Answers all at once.
    func collect(_ request: ReplyRequest) async throws -> CollectedReply {
        try check(request.options)
        let (host, metrics) = (host, server.metrics)
        return try await context.whileConnected {
            let reply = try await host.reply(to: request)
            defer { reply.close() }
            var collected = CollectedReply()
            while true {
                let parts = try await reply.next()
                if parts.isEmpty {
                    metrics.add(collected.end)
                    return collected
                }
                for part in parts { collected.add(part) }
            }
        }
    }
}
