import Diagnostics
import GoTemplate
import ModelfileSyntax

/// A SYSTEM that the file's own TEMPLATE never shows to the model.
enum IgnoredSystem: LintRule {
    static let rule = DiagnosticRule.ignoredSystem

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        guard let template = subject.template, template.tree != nil, !template.reading.mentions("System"),
            !template.reading.mentions("Messages"),
            let system = subject.instructions(.system).last, !system.value.text.range.isEmpty
        else { return [] }
        return [
            Diagnostic(
                rule, "the template has neither .System nor .Messages, so this text never reaches the model",
                at: system.syntax.keyword.range, notes: [Diagnostic.Note("the template", at: template.syntax.keyword.range)])
        ]
    }
}
