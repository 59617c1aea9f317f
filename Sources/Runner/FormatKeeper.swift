import ConstrainedDecoding
import JSONSchemaGrammar
import Tokenization

/// Holds one answer to its format, token by token.
final class FormatKeeper {
    private let constraint: Constraint
    private let tokenizer: Tokenizer
    private let thinking: ReplyFormat.Thinking?
    /// The end of the thinking so far, long enough to find the closing sign in; nil outside thinking.
    private var thought: [UInt8]?
    private var isFirst = true

    init(_ format: ReplyFormat, _ constraint: Constraint, _ tokenizer: Tokenizer) {
        self.constraint = constraint
        self.tokenizer = tokenizer
        thinking = format.thinking
        thought = format.thinking?.isOpen == true ? [] : nil
        constraint.restart()
    }

    /// The tokens that may come next.
    ///
    /// - Throws: `RunnerError.formatStuck` where the grammar leaves none.
    func allowed() throws(RunnerError) -> [UInt64] {
        if thought != nil { return everythingButEnds }
        var words = constraint.mask().words
        if isFirst, let opening = openingToken { words[Int(opening >> 6)] |= 1 << UInt64(opening & 63) }
        guard words.contains(where: { $0 != 0 }) else { throw .formatStuck }
        return words
    }

    /// Tokens that the format leaves no choice about, as far as blanks are not at issue; what the model would make of them.
    func likelyTokens(limit: Int) -> [TokenID] {
        guard thought == nil else { return [] }
        let bytes = constraint.likelyBytes()
        guard bytes.count > 1 else { return [] }
        let tokens = tokenizer.encode(bytes, bos: false, eos: false, parseSpecial: false)
        // The last token may be the beginning of a longer one, but not where blanks follow.
        let isWhole = bytes.last == UInt8(ascii: ":") || bytes.last == UInt8(ascii: ",")
        return Array(tokens.prefix(min(limit, isWhole ? tokens.count : tokens.count - 1)))
    }

    /// Thinking is free, but an answer has to follow it.
    private var everythingButEnds: [UInt64] {
        var words = [UInt64](repeating: .max, count: (constraint.table.count + 63) / 64)
        for token in constraint.table.endTokens { words[Int(token >> 6)] &= ~(1 << UInt64(token & 63)) }
        return words
    }

    private var openingToken: TokenID? { thinking.flatMap { tokenizer.vocabulary.id(of: $0.opening) } }

    func accept(_ token: TokenID) throws(RunnerError) {
        defer { isFirst = false }
        if var text = thought, let thinking {
            text += tokenizer.bytes(of: token, special: true)
            let closing = Array(thinking.closing.utf8)
            let isClosed = text.indices.contains { text[$0...].starts(with: closing) }
            thought = isClosed ? nil : Array(text.suffix(closing.count + 64))
        } else if isFirst, token == openingToken {
            thought = []
        } else if !constraint.accept(token) {
            throw .formatStuck
        }
    }
}
