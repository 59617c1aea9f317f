public import ChatPrompt
public import Tokenization

extension PromptTokens {
    /// The tokens of a prompt in which nobody but the template can write special tokens: those whose texts stand in a user's or a tool's
    /// words are read as plain text, so that no words begin a turn in another's name.
    ///
    /// A prompt whose messages hold no such text has the tokens of `asTrained`.
    public static func guarded(_ bytes: [UInt8], _ messages: [ChatMessage], by tokenizer: Tokenizer) -> [TokenID] {
        let forged = forgedRanges(bytes, messages, tokenizer)
        if forged.isEmpty { return asTrained(bytes, by: tokenizer).ids }
        var ids: [TokenID] = []
        var end = 0
        for range in forged + [bytes.count..<bytes.count] {
            ids += tokenizer.encode(Array(bytes[end..<range.lowerBound]), bos: false, eos: false, parseSpecial: true)
            ids += tokenizer.encode(Array(bytes[range]), bos: false, eos: false)
            end = range.upperBound
        }
        if tokenizer.addsBOS, let bos = tokenizer.vocabulary.bos, ids.first != bos { ids.insert(bos, at: 0) }
        return ids
    }

    /// Where texts of control tokens stand in the words of users and tools, in ascending order.
    private static func forgedRanges(_ bytes: [UInt8], _ messages: [ChatMessage], _ tokenizer: Tokenizer) -> [Range<Int>] {
        let untrusted = messages.filter { message in
            ["user", "tool"].contains(message.role)
                && tokenizer.encode(message.content, bos: false, eos: false, parseSpecial: true).contains {
                    tokenizer.vocabulary.kind(of: $0) == .control
                }
        }
        if untrusted.isEmpty { return [] }
        let regions = PromptRegion.regions(of: bytes, messages)
        // Without a template the user writes the whole prompt, special tokens too.
        guard regions.contains(where: { $0.role == nil }) else { return [] }
        return regions.filter { $0.role == "user" || $0.role == "tool" }.flatMap { region -> [Range<Int>] in
            let text = Array(bytes[region.range])
            let tokens = PromptTokens(text, tokenizer)
            return zip(tokens.ids, tokens.offsets).compactMap { id, offset in
                guard tokenizer.vocabulary.kind(of: id) == .control else { return nil }
                let start = region.range.lowerBound + offset
                return start..<min(region.range.upperBound, start + tokenizer.bytes(of: id, special: true).count)
            }
        }
    }

    /// The tokens of a text by itself.
    private init(_ text: [UInt8], _ tokenizer: Tokenizer) {
        self.init(tokenizer.encode(text, bos: false, eos: false, parseSpecial: true), text, tokenizer)
    }
}
