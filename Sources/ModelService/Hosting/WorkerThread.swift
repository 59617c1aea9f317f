// Foundation for its threads: work that computes for seconds must not hold a thread of Swift's cooperative pool.
import Foundation

/// Runs blocking work on a thread of its own.
public enum WorkerThread {
    /// Starts `body` and returns at once.
    public static func start(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = "quern-worker"
        // What the main thread has, for grammars and templates that nest deeply.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Runs `body` and waits for it without holding a thread.
    public static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            start { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}
