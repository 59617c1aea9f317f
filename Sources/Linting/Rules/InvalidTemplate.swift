import Diagnostics
import GoTemplate
import ModelfileSyntax

/// A TEMPLATE that is not in the language of text/template.
enum InvalidTemplate: LintRule {
    static let rule = DiagnosticRule.invalidTemplate

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        guard let template = subject.template, case .failure(let error) = template.parsed else { return [] }
        let problem = error.fault.problem
        // Go's words for the commonest mistake say nothing about it.
        let notes = problem == "unexpected EOF" ? [Diagnostic.Note("an {{ if }}, {{ range }} or {{ with }} has no {{ end }}")] : []
        return [
            Diagnostic(
                rule, "the template does not parse: \(problem)", at: template.range(error.fault.range), notes: notes)
        ]
    }
}
