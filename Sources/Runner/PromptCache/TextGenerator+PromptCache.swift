import Bytes
import TransformerEngine

/// What came of looking for the context of an earlier run.
public enum PromptCacheOutcome: Sendable, Equatable {
    /// So many tokens are computed already.
    case restored(tokens: Int)
    /// Nothing is there yet.
    case absent
    /// What is there cannot be used, for the reason given, and will be replaced.
    case unusable(String)
}

extension TextGenerator {
    /// Begins with the tokens that an earlier run kept. A prompt that starts with the same ones does not compute them again.
    ///
    /// - Throws: `RunnerError.noPromptCache` where the file is something else, `BytesError` where it cannot be read.
    public func restore(from path: String) throws -> PromptCacheOutcome {
        guard try FileStatus.ifPresent(path) != nil else { return .absent }
        let identity = try model.identity()
        var count = 0
        do {
            try scheduler.restore { session in
                let file = try PromptCacheFile(path: path, identity: identity, layout: session.stateLayout)
                count = min(file.tokens.count, contextLength)
                try session.restore(file.state, positions: file.tokens.count, first: count)
                return Array(file.tokens[..<count])
            }
        } catch let problem as PromptCacheFile.Problem { return .unusable(problem.description) }
        return .restored(tokens: count)
    }

    /// Keeps the context of the last reply for a later run.
    ///
    /// - Throws: `BytesError` where the file cannot be written; one that was there stays as it was.
    public func keepContext(in path: String) throws {
        let identity = try model.identity()
        try scheduler.withLastSlot { session, slot, tokens in
            try PromptCacheFile.write(to: path, identity: identity, tokens: tokens, of: session, slot: slot)
        }
    }
}
