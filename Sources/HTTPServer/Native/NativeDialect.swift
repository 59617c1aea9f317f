import APITypes
import Bytes
import ChatPrompt
import Hummingbird
import JSONText
import ModelService
import Runner

/// Answers in Ollama's own words: one JSON object a line.
struct NativeDialect: StreamDialect {
    let model: String
    let isChat: Bool
    /// Of tokens whose text has not come yet.
    private var logprobs: [TokenLogprob] = []

    init(model: String, isChat: Bool) { (self.model, self.isChat) = (model, isChat) }

    static let contentType = "application/x-ndjson"

    mutating func write(_ parts: [ReplyPart], to output: inout ByteBuffer) {
        for part in parts {
            if case .probability(let probability) = part {
                logprobs.append(TokenLogprob(probability))
            } else {
                output.writeLine(json(of: part))
                logprobs = []
            }
        }
    }

    mutating func write(_ failure: Failure, to output: inout ByteBuffer) { output.writeLine(failure.json) }

    private func json(of part: ReplyPart) -> JSONValue {
        var chunk = newChunk
        chunk.logprobs = logprobs
        switch part {
        case .probability: break
        case .event(.content(let text)): chunk.content = text
        case .event(.thinking(let text)): chunk.thinking = text
        case .event(.toolCall(let call)): chunk.toolCalls = [call]
        case .end(let end): chunk.finish(end)
        }
        return json(of: chunk)
    }

    /// A whole answer in one object.
    func json(of reply: CollectedReply) -> JSONValue {
        var chunk = newChunk
        (chunk.content, chunk.thinking, chunk.toolCalls) = (reply.content, reply.thinking, reply.toolCalls)
        chunk.logprobs = reply.logprobs
        chunk.finish(reply.end)
        return json(of: chunk)
    }

    func json(ofPrompt prompt: String) -> JSONValue {
        var chunk = newChunk
        chunk.renderedPrompt = prompt
        return json(of: chunk)
    }

    private var newChunk: ReplyChunk { ReplyChunk(model: model, createdAt: Timestamp.text(of: .now())) }

    private func json(of chunk: ReplyChunk) -> JSONValue { isChat ? chunk.chatJSON : chunk.generateJSON }
}

extension ReplyChunk {
    fileprivate mutating func finish(_ end: ReplyEnd) {
        (doneReason, context) = (end.reason.rawValue, end.context)
        (metrics.total, metrics.load) = (end.totalDuration, end.loadDuration)
        (metrics.promptCount, metrics.prompt) = (end.summary.promptTokens, end.summary.promptDuration)
        (metrics.evalCount, metrics.eval) = (end.summary.generatedTokens, end.summary.generationDuration)
        // Ollama says nothing of the time of a request that had nothing to answer.
        if end.reason == .load || end.reason == .unload { metrics = ReplyMetrics() }
    }
}

extension ByteBuffer {
    /// A line of NDJSON, in the bytes of Go's encoder.
    mutating func writeLine(_ value: JSONValue) {
        writeBytes(value.bytes(.go))
        writeInteger(UInt8(ascii: "\n"))
    }
}
