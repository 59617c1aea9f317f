import APITypes
import BuildPipeline
import Hummingbird
import JSONText
import ModelManifest
import ModelService
import ModelStore
import Synchronization

/// `/api/create`, and the blobs that are sent before it.
extension QuernServer {
    static func addCreateRoutes(to routes: inout RouteTable) {
        routes.add(.post, path: "/api/create", create)
        routes.add(.head, path: "/api/blobs/:digest", hasBlob)
        routes.add(.post, path: "/api/blobs/:digest", takeBlob)
    }

    private static func create(_ exchange: Exchange) async throws -> Response {
        let request = try CreateRequest(try await exchange.read("CreateRequest", fields: CreateRequest.fields))
        let recipe = try CreateRecipe(request, in: exchange.models)
        let progress = ReplyChannel<ProgressAnswer>()
        let (models, pace) = (exchange.models, ProgressPace())
        WorkerThread.start {
            progress.finish(
                Result {
                    _ = try recipe.build(in: models) { event in
                        if pace.lets(event), let answer = ProgressAnswer(event) { progress.send(answer) }
                    }
                })
        }
        return try await exchange.tell(progress, streams: request.streams)
    }

    private static func hasBlob(_ exchange: Exchange) throws -> Response {
        let digest = try exchange.digest()
        guard try exchange.models.store.hasBlob(digest) else {
            throw RequestError("blob \"\(exchange.parameter)\" not found", status: 404)
        }
        return .empty(.ok)
    }

    private static func takeBlob(_ exchange: Exchange) async throws -> Response {
        let digest = try exchange.digest()
        // What is there already is not read: a client that sends it anyway gets its answer at once.
        if try exchange.models.store.hasBlob(digest) { return .empty(.ok) }
        let upload = try BlobUpload(digest: digest, text: exchange.parameter, store: exchange.models.store)
        for try await part in exchange.request.body { try await upload.add(Array(part.readableBytesView)) }
        try await upload.finish()
        return .empty(.created)
    }
}

extension Exchange {
    fileprivate func digest() throws -> Digest {
        do { return try Digest(parameter) } catch { throw RequestError("invalid digest format") }
    }

    /// Tells progress line by line, or only how it ended.
    fileprivate func tell(_ progress: ReplyChannel<ProgressAnswer>, streams: Bool) async throws -> Response {
        let first = try await context.whileConnected { try await progress.receive() }
        guard streams else {
            return try await context.whileConnected {
                var last = first.last
                while true {
                    let more = try await progress.receive()
                    guard !more.isEmpty else { return .json((last ?? ProgressAnswer("success")).json) }
                    last = more.last
                }
            }
        }
        return .streamed(type: NativeDialect.contentType) { writer in
            defer { progress.close() }
            var steps = first
            while !steps.isEmpty {
                var output = ByteBuffer()
                for step in steps { output.writeLine(step.json) }
                try await writer.write(output)
                do { steps = try await progress.receive() } catch {
                    var output = ByteBuffer()
                    output.writeLine(Failure(error).json)
                    try await writer.write(output)
                    steps = []
                }
            }
        }
    }
}

/// Keeps bars from being told faster than anybody sees them: every 60 ms, as Ollama's, and at their end.
private final class ProgressPace: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func lets(_ event: BuildEvent) -> Bool {
        guard case .progress(_, let completed, let total) = event, completed < total else { return true }
        return last.withLock { last in
            let now = ContinuousClock.now
            if let last, last.duration(to: now) < .milliseconds(60) { return false }
            last = now
            return true
        }
    }
}

extension ProgressAnswer {
    /// nil for what Ollama has no line for.
    init?(_ event: BuildEvent) {
        switch event {
        case .status(let text): self.init(text)
        case .progress(let step, let completed, let total):
            self.init(step)
            // Clients draw a bar for what has a digest; Ollama gives such steps this one.
            (digest, self.total, self.completed) = (String(repeating: "0", count: 19), total, completed)
        case .warning: return nil
        }
    }
}
