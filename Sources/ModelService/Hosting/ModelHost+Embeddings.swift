public import ModelManifest
public import Runner

/// Vectors, and what they cost.
public struct HostedEmbeddings: Sendable {
    public let embeddings: TextEmbeddings
    public let loadDuration: Duration
    public let totalDuration: Duration
}

extension ModelHost {
    /// The vectors of texts, each of length one. No texts only load the model.
    public func embed(
        _ texts: [String], with model: String, truncates: Bool = true, dimensions: Int = 0, keepAlive: KeepAlive? = nil
    ) async throws -> HostedEmbeddings {
        let start = ContinuousClock.now
        let wanted = try want(model, for: .embed, keepAlive)
        try check(wanted, can: "embedding", called: "embeddings")
        guard case .embedding(let model) = try await take(wanted) else { preconditionFailure("a model for vectors makes none") }
        let loadDuration = start.duration(to: .now)
        let result = await Result.catching {
            guard !texts.isEmpty else { return TextEmbeddings(vectors: [], promptTokens: 0) }
            return try await WorkerThread.run {
                try model.use { try $0.embed(texts, truncates: truncates, dimensions: dimensions) }
            }
        }
        release(wanted)
        return HostedEmbeddings(
            embeddings: try result.get(), loadDuration: loadDuration, totalDuration: start.duration(to: .now))
    }
}
