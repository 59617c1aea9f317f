public import Tokenization

/// A prompt as a model sees it, each token with its place in the text.
public struct PromptTokens: Sendable, Equatable {
    public let ids: [TokenID]
    /// The byte offset at which each token begins; 0 for a token that the tokenizer puts in front.
    public let offsets: [Int]
    /// How many tokens for the beginning come first.
    public let beginnings: Int

    /// The tokens of a prompt as Ollama and llama.cpp make them: special tokens in the text count as such, and the tokenizer adds the
    /// token for the beginning where the model says so, whatever the text begins with.
    public static func asServed(_ bytes: [UInt8], by tokenizer: Tokenizer) -> PromptTokens {
        PromptTokens(tokenizer.encode(bytes, eos: false, parseSpecial: true), bytes, tokenizer)
    }

    /// The tokens of a prompt that a model's own template made: the same, with the token for the beginning at most once.
    public static func asTrained(_ bytes: [UInt8], by tokenizer: Tokenizer) -> PromptTokens {
        var ids = tokenizer.encode(bytes, bos: false, eos: false, parseSpecial: true)
        if tokenizer.addsBOS, let bos = tokenizer.vocabulary.bos, ids.first != bos { ids.insert(bos, at: 0) }
        return PromptTokens(ids, bytes, tokenizer)
    }

    init(_ ids: [TokenID], _ bytes: [UInt8], _ tokenizer: Tokenizer) {
        self.ids = ids
        offsets = Self.offsets(of: ids, in: bytes, tokenizer)
        let bos = tokenizer.vocabulary.bos
        beginnings = bos.map { bos in ids.prefix { $0 == bos }.count } ?? 0
    }

    /// Walks the tokens' texts along the prompt. A tokenizer may add a space in front of words and drop white space beside special
    /// tokens; both are stepped over.
    private static func offsets(of ids: [TokenID], in bytes: [UInt8], _ tokenizer: Tokenizer) -> [Int] {
        var offsets: [Int] = []
        var position = 0
        for id in ids {
            let text = tokenizer.bytes(of: id, special: true)
            if let start = place(of: text, in: bytes, from: position) {
                offsets.append(start)
                position = start + text.count
            } else if text.first == 0x20, let start = place(of: Array(text.dropFirst()), in: bytes, from: position) {
                offsets.append(start)
                position = start + text.count - 1
            } else {
                offsets.append(position)
            }
        }
        return offsets
    }

    /// Where `text` stands at `position`, or behind white space there.
    private static func place(of text: [UInt8], in bytes: [UInt8], from position: Int) -> Int? {
        var start = position
        while true {
            if bytes[start...].starts(with: text) { return start }
            guard start < bytes.count, bytes[start] <= 0x20 else { return nil }
            start += 1
        }
    }

    /// The index of the first token that differs; nil where all are the same.
    public func firstDifference(from other: PromptTokens) -> Int? {
        if ids == other.ids { return nil }
        return zip(ids, other.ids).prefix { $0 == $1 }.count
    }
}
