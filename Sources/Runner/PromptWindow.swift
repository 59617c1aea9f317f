package import Tokenization

/// Fits a prompt that is too long into a context: the first tokens stay, then the middle goes, so that half of what is left is free.
package struct PromptWindow {
    package let contextLength: Int
    /// `num_keep`; negative keeps as much as fits.
    package let keep: Int

    package init(contextLength: Int, keep: Int) { (self.contextLength, self.keep) = (contextLength, keep) }

    /// - Throws: `RunnerError.promptTooLong` where the context is too small to hold anything but its first tokens.
    package func fit(_ prompt: [TokenID]) throws(RunnerError) -> [TokenID] {
        guard !prompt.isEmpty else { throw .unusable("the prompt has no tokens, and the model does not add one of its own") }
        // One place must stay free for the first token that is generated.
        guard prompt.count >= contextLength else { return prompt }
        let kept = min(keep < 0 ? prompt.count : keep, contextLength - 2)
        guard contextLength >= 4, kept >= 0 else {
            throw .promptTooLong(tokens: prompt.count, contextLength: contextLength)
        }
        let tail = max(1, (contextLength - kept) / 2)
        return Array(prompt.prefix(kept) + prompt.suffix(tail))
    }
}
