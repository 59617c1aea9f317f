// A text, cut into the chunks that llama-perplexity and llama-imatrix work on.
public import Tokenization

/// The tokens of a text in chunks of equal length; what is left over at the end is not used.
///
/// Each chunk is a sequence of its own. Where the model begins texts with a token, that token takes the place of each chunk's
/// first one.
public struct TextChunks: Sendable, Equatable {
    /// Tokens of a chunk.
    public let contextLength: Int
    /// How many chunks there are.
    public let count: Int
    private let tokens: [TokenID]
    private let beginning: TokenID?

    /// - Parameters:
    ///   - text: UTF-8; one line break at its end is not part of it.
    ///   - skipped: chunks that are left out at the beginning.
    ///   - limit: chunks at most.
    ///   - parseSpecial: whether texts of control tokens are these tokens.
    /// - Throws: `EvaluationError.contextLength`, `.tooFewTokens` for less than two chunks.
    public init(
        text: [UInt8], tokenizer: Tokenizer, contextLength: Int = 512, skipped: Int = 0, limit: Int? = nil,
        parseSpecial: Bool = false
    ) throws(EvaluationError) {
        guard (8...(1 << 20)).contains(contextLength) else { throw .contextLength(contextLength) }
        let trimmed = text.last == UInt8(ascii: "\n") ? Array(text.dropLast()) : text
        let all = tokenizer.encode(trimmed, parseSpecial: parseSpecial)
        let (start, overflow) = contextLength.multipliedReportingOverflow(by: max(0, skipped))
        guard !overflow, all.count >= start, all.count - start >= 2 * contextLength else {
            throw .tooFewTokens(
                found: all.count, wanted: overflow ? .max : start.addingReportingOverflow(2 * contextLength).partialValue,
                contextLength: contextLength)
        }
        tokens = Array(all[start...])
        self.contextLength = contextLength
        count = min(limit ?? .max, tokens.count / contextLength)
        beginning = tokenizer.addsBOS ? tokenizer.vocabulary.bos : nil
    }

    /// What a model reads of a chunk.
    public func input(_ chunk: Int) -> [TokenID] {
        var input = Array(tokens[chunk * contextLength..<(chunk + 1) * contextLength])
        if let beginning { input[0] = beginning }
        return input
    }

    /// The token that follows each position of `positions` in a chunk.
    public func targets(_ chunk: Int, _ positions: Range<Int>) -> [TokenID] {
        let start = chunk * contextLength + 1
        return Array(tokens[start + positions.lowerBound..<start + positions.upperBound])
    }

    /// The positions of a chunk that are scored: the second half, which sees at least as much before it, without the last one.
    public var scored: Range<Int> { contextLength / 2..<contextLength - 1 }

    /// The tokens that make up the chunks, for a fingerprint.
    var usedTokens: ArraySlice<TokenID> { tokens[..<(count * contextLength)] }
}
