import Diagnostics
import ModelfileSyntax

/// FROM with a model's name that may mean another model tomorrow. Strict only.
enum UnpinnedSource: LintRule {
    static let rule = DiagnosticRule.unpinnedSource

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        subject.sources.compactMap { source in
            guard source.syntax.instruction == .from, !SourceReference.looksLikePath(source.text),
                !subject.facts.isPath(source.text), !source.text.contains("@sha256")
            else { return nil }
            switch SourceReference.tag(of: source.text)?.lowercased() {
            case nil: return Diagnostic(rule, "FROM '\(source.text)' has no tag, so it means latest", at: source.range)
            case "latest"?:
                return Diagnostic(rule, "FROM '\(source.text)' changes whenever its author changes it", at: source.range)
            default: return nil
            }
        }
    }
}
