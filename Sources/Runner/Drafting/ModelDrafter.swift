import Compute
import Glibc
import Synchronization
import Tokenization
import TransformerEngine

/// Guesses with a smaller model of the same vocabulary (Leviathan et al. 2023): its most likely tokens, while it is sure of them.
///
/// Sequences may take turns with it; what the last one left is compared with the context of the next.
final class ModelDrafter: Drafter, Sendable {
    private let reader: Mutex<Reader>
    /// Tokens that both models have.
    private let sharedVocabulary: Int

    /// Below this probability a guess is more likely to be wrong than worth computing.
    private static let leastProbability: Float = 0.4

    /// - Throws: `RunnerError.draftVocabulary` where the models do not have the same tokens.
    init(_ draft: LoadedModel, for target: LoadedModel, options: RunOptions, contextLength: Int, pool: ThreadPool) throws {
        sharedVocabulary = try Self.sharedVocabulary(draft.tokenizer.vocabulary, target.tokenizer.vocabulary)
        let length = min(contextLength, draft.trainedContextLength ?? contextLength)
        let session = try InferenceSession(
            model: draft.transformer, contextLength: length, batchSize: min(options.batchLength, length),
            cacheType: options.cacheType, pool: pool)
        reader = Mutex(Reader(session: session, sharedVocabulary: sharedVocabulary))
    }

    /// How many tokens two vocabularies share.
    static func sharedVocabulary(_ draft: Vocabulary, _ target: Vocabulary) throws(RunnerError) -> Int {
        switch draft.shared(with: target) {
        case .tokens(let count): return count
        case .none(let difference): throw .draftVocabulary(difference)
        }
    }

    func begin(_ prompt: [TokenID]) {}
    func append(_ token: TokenID) {}

    func shift(keep: Int, discard: Int) throws { try reader.withLock { try $0.shift(keep: keep, discard: discard) } }

    func propose(after context: [TokenID], limit: Int) throws -> [TokenID] {
        guard context.allSatisfy({ $0 < sharedVocabulary }) else { return [] }
        return try reader.withLock { try $0.propose(after: context, limit: limit) }
    }
}

extension ModelDrafter {
    /// The draft model at work on a sequence.
    private struct Reader {
        let session: InferenceSession
        let sharedVocabulary: Int
        /// The tokens whose keys and values the session holds.
        var cached: [TokenID] = []

        mutating func shift(keep: Int, discard: Int) throws {
            let kept = min(keep, cached.count)
            let gone = min(discard, cached.count - kept)
            try session.shift(keep: kept, discard: gone)
            cached.removeSubrange(kept..<kept + gone)
        }

        mutating func propose(after context: [TokenID], limit: Int) throws -> [TokenID] {
            let limit = min(limit, session.contextLength - context.count)
            guard limit > 0 else { return [] }
            try follow(context)
            var proposal: [TokenID] = []
            while let token = guess() {
                proposal.append(token)
                if proposal.count == limit { break }
                try session.evaluate([token])
                cached.append(token)
            }
            return proposal
        }

        /// Computes what the session does not hold of the context, the last token in any case.
        private mutating func follow(_ context: [TokenID]) throws {
            let shared = min(cached.commonPrefixLength(with: context), context.count - 1)
            try session.truncate(to: shared)
            cached.removeSubrange(shared...)
            try session.evaluate(Array(context[shared...]))
            cached += context[shared...]
        }

        /// The most likely token; nil where the model is not sure of it.
        private func guess() -> TokenID? {
            session.withLogits { logits in
                var (best, highest) = (0, -Float.infinity)
                for id in 0..<sharedVocabulary where logits[id] > highest { (best, highest) = (id, logits[id]) }
                var total: Float = 0
                // Tokens far below the best one change nothing.
                for id in 0..<sharedVocabulary where logits[id] > highest - 16 { total += expf(logits[id] - highest) }
                return total * ModelDrafter.leastProbability <= 1 ? TokenID(best) : nil
            }
        }
    }
}
