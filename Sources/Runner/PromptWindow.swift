package import Tokenization

/// Fits a prompt that is too long into a context, and makes room in a full one, as Ollama and its runner do: the first tokens
/// stay, of those behind them the older half goes.
package struct PromptWindow {
    package let contextLength: Int
    /// `num_keep`; negative keeps as much as fits.
    package let keep: Int
    /// Whether the tokenizer puts a token for the beginning in front, which is kept in addition.
    package let addsBOS: Bool

    package init(contextLength: Int, keep: Int, addsBOS: Bool) {
        (self.contextLength, self.keep, self.addsBOS) = (contextLength, keep, addsBOS)
    }

    /// - Throws: `RunnerError.promptTooLong` where the context is too small to hold anything.
    package func fit(_ prompt: [TokenID]) throws(RunnerError) -> [TokenID] {
        guard !prompt.isEmpty else { throw .unusable("the prompt has no tokens, and the model does not add one of its own") }
        // One place must stay free for the first token that is generated.
        guard prompt.count >= contextLength else { return prompt }
        guard contextLength >= 2 else { throw .promptTooLong(tokens: prompt.count, contextLength: contextLength) }
        let kept = min(wanted(of: prompt.count), contextLength - 1)
        let room = contextLength - max((contextLength - kept) / 2, 1)
        return Array(prompt.prefix(kept) + prompt.suffix(room - kept))
    }

    /// How many tokens stay at the beginning and how many go behind them, when `count` tokens leave no room for another.
    package func shift(of count: Int, promptLength: Int) -> (keep: Int, discard: Int) {
        let kept = max(min(wanted(of: promptLength), contextLength - 4, count - 1), 0)
        return (kept, max((count - kept) / 2, 1))
    }

    private func wanted(of promptLength: Int) -> Int {
        let (count, overflow) = (keep < 0 ? promptLength : keep).addingReportingOverflow(addsBOS ? 1 : 0)
        return overflow ? .max : count
    }
}
