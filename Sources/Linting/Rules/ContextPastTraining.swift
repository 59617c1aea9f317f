import Diagnostics
import ModelfileSyntax

/// A context window larger than what the model was trained for.
enum ContextPastTraining: LintRule {
    static let rule = DiagnosticRule.contextPastTraining

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        guard let line = subject.parameter("num_ctx"), let size = line.number,
            let from = subject.sources.first(where: { $0.syntax.instruction == .from }),
            let trained = subject.facts[from.text]?.traits?.trainedContext, size > Double(trained)
        else { return [] }
        return [
            Diagnostic(
                rule, "num_ctx is larger than the \(trained) tokens that the model was trained for", at: line.valueRange,
                notes: [Diagnostic.Note("the model", at: from.range)],
                fixIts: [.replace(line.valueRange, with: String(trained))])
        ]
    }
}
