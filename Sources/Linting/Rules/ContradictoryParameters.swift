import Diagnostics
import ModelfileSyntax

/// Parameters of which one makes the other useless or impossible.
enum ContradictoryParameters: LintRule {
    static let rule = DiagnosticRule.contradictoryParameters

    /// Parameters that narrow the choice among tokens, which is useless where the likeliest is always taken. A seed is as useless
    /// there, but does no harm, and many give it to say that answers shall repeat.
    private static let choosers = ["top_k", "top_p", "min_p", "typical_p"]

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        greedy(subject) + penalties(subject) + windows(subject) + drafts(subject)
    }

    private static func greedy(_ subject: LintSubject) -> [Diagnostic] {
        if let temperature = subject.parameter("temperature"), temperature.number == 0 {
            return choosers.compactMap { subject.parameter($0) }.filter { !isOff($0) }.map {
                contradiction("'\($0.name)' has no effect: with temperature 0 the likeliest token is always taken", $0, temperature)
            }
        }
        if let topP = subject.parameter("top_p"), let share = topP.number, share <= 0 {
            return ["temperature", "top_k", "min_p", "typical_p"].compactMap { subject.parameter($0) }.filter { !isOff($0) }.map {
                contradiction("'\($0.name)' has no effect: with top_p 0 the likeliest token is always taken", $0, topP)
            }
        }
        guard let topK = subject.parameter("top_k"), topK.number == 1 else { return [] }
        return (["temperature"] + choosers.dropFirst()).compactMap { subject.parameter($0) }.filter { !isOff($0) }.map {
            contradiction("'\($0.name)' has no effect: with top_k 1 the likeliest token is always taken", $0, topK)
        }
    }

    /// Whether the line switches its parameter off, or repeats what temperature 0 does anyway.
    private static func isOff(_ line: ParameterLine) -> Bool {
        switch line.name {
        case "top_k": (line.number ?? 0) <= 1
        case "top_p", "typical_p": (line.number ?? 1) >= 1
        case "min_p": line.number == 0
        default: false
        }
    }

    private static func penalties(_ subject: LintSubject) -> [Diagnostic] {
        guard let window = subject.parameter("repeat_last_n"), window.number == 0 else { return [] }
        let lines = ["repeat_penalty", "presence_penalty", "frequency_penalty"].compactMap { subject.parameter($0) }
        return lines.filter { $0.number != ($0.name == "repeat_penalty" ? 1 : 0) }.map {
            contradiction("'\($0.name)' has no effect: with repeat_last_n 0 no token counts as repeated", $0, window)
        }
    }

    private static func windows(_ subject: LintSubject) -> [Diagnostic] {
        guard let context = subject.parameter("num_ctx"), let size = context.number, size >= 1 else { return [] }
        let lines = ["num_predict", "num_keep"].compactMap { subject.parameter($0) }
        return lines.filter { ($0.number ?? 0) > size }.map {
            contradiction("'\($0.name)' is larger than the context window, num_ctx", $0, context)
        }
    }

    private static func drafts(_ subject: LintSubject) -> [Diagnostic] {
        // A model of the store may bring its draft along.
        guard let line = subject.parameter("draft_num_predict"), (line.number ?? 0) > 0, subject.instructions(.draft).isEmpty,
            let from = subject.sources.first(where: { $0.syntax.instruction == .from }), subject.facts.isPath(from.text)
        else { return [] }
        return [
            Diagnostic(
                rule, "'draft_num_predict' has no effect without a DRAFT", at: line.syntax.range,
                notes: [Diagnostic.Note("the model brings no draft along", at: from.range)])
        ]
    }

    private static func contradiction(_ message: String, _ line: ParameterLine, _ other: ParameterLine) -> Diagnostic {
        Diagnostic(rule, message, at: line.syntax.range, notes: [Diagnostic.Note("given here", at: other.syntax.range)])
    }
}
