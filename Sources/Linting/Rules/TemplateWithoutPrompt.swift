import Diagnostics
import GoTemplate
import ModelfileSyntax

/// A TEMPLATE in which the user's message has no place.
enum TemplateWithoutPrompt: LintRule {
    static let rule = DiagnosticRule.templateWithoutPrompt

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        guard let template = subject.template, let tree = template.tree, !template.reading.mentions("Prompt"),
            !template.reading.mentions("Messages"),
            // Where another name stands for the prompt, what is wrong is the name, and that is told.
            UnknownTemplateName.unknownNames(in: tree).allSatisfy({ $0.name == "First" })
        else { return [] }
        let isJinja = JinjaTag.first(in: template.text) != nil
        return [
            Diagnostic(
                rule, "the template has neither .Prompt nor .Messages, so the model never sees what it is asked",
                at: template.syntax.keyword.range,
                notes: isJinja ? [Diagnostic.Note("it looks like Jinja; \(JinjaTag.advice)")] : [])
        ]
    }
}
