import Sampling
import Tokenization

/// How likely a token of an answer was, and which others were likely in its place, by the model's own numbers.
public struct TokenProbability: Sendable, Equatable {
    public struct Candidate: Sendable, Equatable {
        /// What the token stands for; a part of a character where it stands for that.
        public let bytes: [UInt8]
        /// The natural logarithm of its probability.
        public let logarithm: Float

        public var text: String { String(decoding: bytes, as: UTF8.self) }

        fileprivate init(_ entry: LogProbabilities.Entry, by tokenizer: Tokenizer) {
            // Rounding may leave a certain token a hair above one.
            (bytes, logarithm) = (tokenizer.bytes(of: entry.token, special: true), min(0, entry.logProbability))
        }
    }

    public let token: Candidate
    /// The likeliest tokens of all, the likeliest first.
    public let likeliest: [Candidate]

    init(_ found: LogProbabilities, by tokenizer: Tokenizer) {
        token = Candidate(found.chosen, by: tokenizer)
        likeliest = found.top.map { Candidate($0, by: tokenizer) }
    }
}
