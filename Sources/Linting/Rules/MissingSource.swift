import Diagnostics
import ModelfileSyntax

/// A path with nothing behind it.
enum MissingSource: LintRule {
    static let rule = DiagnosticRule.missingSource

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        subject.sources.compactMap { source in
            guard case .absent(let path, let similar)? = subject.facts[source.text], !ForeignPath.isForeign(source.text),
                !ShellNoise.isNoisy(source.text), !source.text.hasPrefix("'")
            else { return nil }
            let hint = similar.map { ", did you mean '\($0)'?" } ?? ""
            let message = "\(source.keyword) names a path, but there is no '\(path)'\(hint)"
            let note = "Ollama would take it for the name of a model and try to download it"
            return Diagnostic(
                rule, message, at: source.range, notes: source.syntax.instruction == .from ? [Diagnostic.Note(note)] : [])
        }
    }
}
