import Runner

/// What `--verbose` says after an answer, line by line as Ollama does; figures that are zero are left out.
enum SpeedReport {
    static func text(_ summary: GenerationSummary, load: Duration) -> String {
        let total = load + summary.promptDuration + summary.generationDuration
        var lines = [("total duration:", HumanFormat.duration(total))]
        if load > .zero { lines.append(("load duration:", HumanFormat.duration(load))) }
        lines += figures(
            "prompt eval", summary.promptTokens, computed: summary.promptTokens - summary.reusedTokens, summary.promptDuration)
        lines += figures("eval", summary.generatedTokens, computed: summary.generatedTokens, summary.generationDuration)
        if summary.draftedTokens > 0 {
            let share = 100 * Double(summary.acceptedTokens) / Double(summary.draftedTokens)
            lines.append(
                (
                    "draft acceptance:",
                    "\(HumanFormat.fixed(share, 1))% (\(summary.acceptedTokens) of \(summary.draftedTokens) token(s))"
                ))
        }
        return lines.map { label, value in label + String(repeating: " ", count: max(1, 22 - label.count)) + value }.joined(
            separator: "\n")
    }

    /// Tells of a prompt that did not fit: an answer to half a text looks like any other.
    static func note(_ summary: GenerationSummary) -> String? {
        guard summary.omittedTokens > 0 else { return nil }
        return "warning: the prompt has \(summary.promptTokens + summary.omittedTokens) tokens, more than the context holds; "
            + "\(summary.omittedTokens) from its middle were left out (num_ctx sets the context)"
    }

    private static func figures(_ name: String, _ count: Int, computed: Int, _ duration: Duration) -> [(String, String)] {
        var lines: [(String, String)] = []
        if count > 0 { lines.append(("\(name) count:", "\(count) token(s)")) }
        guard duration > .zero else { return lines }
        lines.append(("\(name) duration:", HumanFormat.duration(duration)))
        lines.append(("\(name) rate:", "\(HumanFormat.fixed(Double(computed) / (duration / .seconds(1)), 2)) tokens/s"))
        return lines
    }
}
