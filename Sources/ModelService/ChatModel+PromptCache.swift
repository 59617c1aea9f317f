public import Runner
import Synchronization

/// A context that outlives the process.
extension ChatModel {
    /// Begins with what an earlier run kept in a file.
    ///
    /// - Parameter options: those of the replies that follow.
    public func restoreContext(from path: String, options: RunOptions) throws -> PromptCacheOutcome {
        try generator(for: options).restore(from: path)
    }

    /// Keeps the context of the last reply for a later run; does nothing before the first.
    public func keepContext(in path: String) throws { try generator.withLock { $0?.made }?.keepContext(in: path) }
}
