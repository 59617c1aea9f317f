import Diagnostics
import GoTemplate
import ModelfileSyntax

/// A TEMPLATE that leaves the place of the answer to the runner.
enum TemplateWithoutResponse: LintRule {
    static let rule = DiagnosticRule.templateWithoutResponse

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        guard let template = subject.template, let tree = template.tree, template.reading.mentions("Prompt"),
            !template.reading.mentions("Response"), !template.reading.mentions("Messages")
        else { return [] }
        var diagnostic = Diagnostic(
            rule, "the template has no .Response; earlier answers of a conversation are put at its end",
            at: template.syntax.keyword.range)
        if let token = tokenAfterPrompt(in: tree.main) {
            diagnostic.notes = [
                Diagnostic.Note("no '\(token)' then follows an answer; end the template with {{ .Response }}\(token)")
            ]
        }
        return [diagnostic]
    }

    /// The token that ends the user's turn, which most likely ends the assistant's too.
    private static func tokenAfterPrompt(in body: TemplateBody) -> String? {
        var isBehindPrompt = false
        for node in body.nodes {
            switch node {
            case .text(let text) where isBehindPrompt:
                let token = String(decoding: text.bytes, as: UTF8.self).prefixMatch(of: /\s*(<[^<>\s]+>)/)?.1
                // What begins the assistant's turn ends nothing.
                return token.flatMap { isEnd(String($0)) ? String($0) : nil }
            case .action(let action): isBehindPrompt = mentionsPrompt(action.pipeline)
            case .branch(let branch):
                if let token = tokenAfterPrompt(in: branch.body) { return token }
                isBehindPrompt = false
            default: isBehindPrompt = false
            }
        }
        return nil
    }

    private static func isEnd(_ token: String) -> Bool {
        ["end", "eot", "</s>"].contains { token.lowercased().contains($0) }
    }

    private static func mentionsPrompt(_ pipeline: TemplatePipeline) -> Bool {
        pipeline.commands.contains { command in
            command.operands.contains { if case .field(let names) = $0.kind { names.first?.name == "Prompt" } else { false } }
        }
    }
}
