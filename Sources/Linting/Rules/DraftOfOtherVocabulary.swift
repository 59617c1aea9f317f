import Diagnostics
import ModelfileSyntax

/// A DRAFT whose tokens are not those of FROM's model: it cannot guess for it.
enum DraftOfOtherVocabulary: LintRule {
    static let rule = DiagnosticRule.draftOfOtherVocabulary

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        let base = subject.sources.first { $0.syntax.instruction == .from }
        return subject.sources.compactMap { source in
            guard source.syntax.instruction == .draft, let difference = subject.facts[source.text]?.traits?.foreignVocabulary else {
                return nil
            }
            return Diagnostic(
                rule, "the draft has another vocabulary: \(difference)", at: source.range,
                notes: base.map { [Diagnostic.Note("the model", at: $0.range)] } ?? [])
        }
    }
}
