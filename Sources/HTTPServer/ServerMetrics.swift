import ModelService
import Runner
import Synchronization

/// What the server counts, in Prometheus' text form (`/metrics`).
final class ServerMetrics: Sendable {
    private struct Key: Hashable {
        let path: String
        let status: Int
    }

    private struct Counts {
        var requests: [Key: (count: Int, seconds: Double)] = [:]
        var atWork = 0
        var promptTokens = 0
        var generatedTokens = 0
    }

    private let counts = Mutex(Counts())

    func begin() { counts.withLock { $0.atWork += 1 } }

    /// - Parameter path: the route, not what stands in its place, so that there are not more rows than routes.
    func end(path: String, status: Int, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        counts.withLock { counts in
            counts.atWork -= 1
            var row = counts.requests[Key(path: path, status: status)] ?? (0, 0)
            row.count += 1
            row.seconds += Double(seconds) + Double(attoseconds) / 1e18
            counts.requests[Key(path: path, status: status)] = row
        }
    }

    /// An answer is complete.
    func add(_ end: ReplyEnd) {
        counts.withLock { counts in
            counts.promptTokens += end.summary.promptTokens
            counts.generatedTokens += end.summary.generatedTokens
        }
    }

    /// - Parameter running: the models in memory.
    func text(running: [RunningModel]) -> String {
        let counts = counts.withLock { $0 }
        var lines: [String] = []
        func metric(_ name: String, _ kind: String, _ help: String, _ rows: [String]) {
            lines += ["# HELP quern_\(name) \(help)", "# TYPE quern_\(name) \(kind)"] + rows.map { "quern_\(name)\($0)" }
        }
        let rows = counts.requests.sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }
        func labels(_ key: Key) -> String { "{path=\"\(key.path)\",status=\"\(key.status)\"}" }
        metric("requests_total", "counter", "Requests answered.", rows.map { "\(labels($0.key)) \($0.value.count)" })
        metric(
            "request_seconds_total", "counter", "Time until the head of the answer.",
            rows.map { "\(labels($0.key)) \($0.value.seconds)" })
        metric("requests_at_work", "gauge", "Requests without an answer so far.", [" \(counts.atWork)"])
        metric("prompt_tokens_total", "counter", "Tokens of prompts.", [" \(counts.promptTokens)"])
        metric("generated_tokens_total", "counter", "Tokens of answers.", [" \(counts.generatedTokens)"])
        metric("models_loaded", "gauge", "Models in memory.", [" \(running.count)"])
        metric("models_bytes", "gauge", "Memory that they take, about.", [" \(running.reduce(0) { $0 + $1.byteCount })"])
        return lines.joined(separator: "\n") + "\n"
    }
}
