public import Tokenization

/// What the reader of a reply asks of the tokens that it is made of.
///
/// Special tokens are silent: `<|im_end|>` is no text. A family whose signs are special tokens (`<|channel|>`, `[TOOL_CALLS]`) can be
/// read only where those are spelled out.
public struct ReplyTokens: Sendable, Equatable {
    /// Special tokens whose texts come through.
    public var shown: Set<TokenID>
    /// Tokens that must not be drawn.
    public var forbidden: Set<TokenID>

    public init(shown: Set<TokenID> = [], forbidden: Set<TokenID> = []) { (self.shown, self.forbidden) = (shown, forbidden) }

    /// - Parameters:
    ///   - signs: texts that the reader looks for; special tokens that are one of them, or a tag in one, are shown.
    ///   - forbidden: texts that must not be written, as far as each is a token of its own.
    public init(signs: [String], forbidden: [String] = [], in vocabulary: Vocabulary) {
        func tokens(_ texts: [String]) -> Set<TokenID> { Set(texts.compactMap { vocabulary.id(of: $0) }) }
        shown = tokens(signs + signs.flatMap(Self.tags)).filter { vocabulary.kind(of: $0) != .normal }
        self.forbidden = tokens(forbidden)
    }

    /// The tags in a sign: `<|open|>` and `<|sep|>` in `<|open|>think<|sep|>`.
    private static func tags(in sign: String) -> [String] {
        let bytes = Array(sign.utf8)
        return bytes.indices.compactMap { start in
            guard bytes[start] == UInt8(ascii: "<"), let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
            return String(decoding: bytes[start...end], as: UTF8.self)
        }
    }

    /// A mask without the forbidden tokens, one bit a token; nil allows all.
    func restricting(_ allowed: [UInt64]?, vocabularySize: Int) -> [UInt64]? {
        if forbidden.isEmpty { return allowed }
        var mask = allowed ?? [UInt64](repeating: .max, count: (vocabularySize + 63) / 64)
        for id in forbidden where id >= 0 && Int(id) / 64 < mask.count { mask[Int(id) / 64] &= ~(1 << UInt64(id % 64)) }
        return mask
    }
}

extension RunOptions {
    /// The stops that are special tokens: silent ones would not be found in the text.
    func stopTokens(in vocabulary: Vocabulary) -> Set<TokenID> {
        Set(stop.compactMap { vocabulary.id(of: $0) }.filter { vocabulary.kind(of: $0) == .control })
    }
}
