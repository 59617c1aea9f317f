import ChatPrompt
public import Tokenization

/// The prompts that two templates made of one conversation.
struct PromptPair {
    let proofCase: ProofCase
    let expected: ReferencePrompt
    let found: PromptTrace

    func with(found: PromptTrace) -> PromptPair { PromptPair(proofCase: proofCase, expected: expected, found: found) }

    func verdict(_ tokenizer: Tokenizer?) -> (ProofReport.Outcome, [PromptMistake]) {
        guard let tokenizer else { return textVerdict() }
        let wanted = PromptTokens.asTrained(expected.trace.bytes, by: tokenizer)
        let given = PromptTokens.asServed(found.bytes, by: tokenizer)
        guard let index = wanted.firstDifference(from: given) else { return (.equal, []) }
        let divergence = TokenDivergence(index, wanted, given, tokenizer)
        var mistakes: [PromptMistake] = []
        let bos = tokenizer.vocabulary.bos.map(tokenizer.vocabulary.text) ?? ""
        if wanted.beginnings != given.beginnings {
            mistakes.append(
                PromptMistake(
                    given.beginnings > wanted.beginnings ? .doubledBeginning : .missingBeginning, bos: bos,
                    counts: (wanted.beginnings, given.beginnings), expected: expected.trace, found: found))
        }
        mistakes += differences(
            from: expected.trace.bytes.endOfRepeats(of: Array(bos.utf8)), and: found.bytes.endOfRepeats(of: Array(bos.utf8)))
        return (.different(divergence), mistakes)
    }

    /// Without a vocabulary: the token for the beginning cannot be judged, and is left out on both sides.
    private func textVerdict() -> (ProofReport.Outcome, [PromptMistake]) {
        let starts = (Self.textStart(expected.trace.bytes), Self.textStart(found.bytes))
        if expected.trace.bytes[starts.0...] == found.bytes[starts.1...] { return (.equal, []) }
        return (.different(nil), differences(from: starts.0, and: starts.1))
    }

    private static let beginnings = [
        "<s>", "<bos>", "<|begin_of_text|>", "<｜begin▁of▁sentence｜>", "<|startoftext|>", "<BOS_TOKEN>", "[BOS]", "<|bos|>",
    ]

    /// The token for the beginning that a prompt's text starts with; nil where it is none of those that families have.
    static func beginning(of bytes: [UInt8]) -> String? { beginnings.first { bytes.starts(with: $0.utf8) } }

    private static func textStart(_ bytes: [UInt8]) -> Int { beginning(of: bytes)?.utf8.count ?? 0 }

    private func differences(from expectedStart: Int, and foundStart: Int) -> [PromptMistake] {
        let classifier = MistakeClassifier(
            proofCase, expected: expected.trace, found: found, withoutGenerationPrompt: expected.withoutGenerationPrompt)
        return PromptDifference.hunks(
            expected: expected.trace, from: expectedStart, found: found, from: foundStart, proofCase.messages
        ).map {
            PromptMistake(classifier.kind(of: $0), $0, expected: expected.trace, found: found)
        }
    }
}

/// The first token in which two prompts differ.
public struct TokenDivergence: Sendable, Equatable {
    public struct Token: Sendable, Equatable {
        public let id: TokenID
        public let text: String
    }

    /// Counted from 0.
    public let index: Int
    /// Nil where the prompt ends before.
    public let expected: Token?
    public let found: Token?

    init(_ index: Int, _ expected: PromptTokens, _ found: PromptTokens, _ tokenizer: Tokenizer) {
        func token(_ tokens: PromptTokens) -> Token? {
            guard index < tokens.ids.count else { return nil }
            let id = tokens.ids[index]
            return Token(id: id, text: String(decoding: tokenizer.bytes(of: id, special: true), as: UTF8.self))
        }
        self.index = index
        (self.expected, self.found) = (token(expected), token(found))
    }
}

extension [UInt8] {
    /// Where the bytes go on behind all repetitions of `mark` at their start.
    fileprivate func endOfRepeats(of mark: [UInt8]) -> Int {
        var end = 0
        while !mark.isEmpty, self[end...].starts(with: mark) { end += mark.count }
        return end
    }
}
