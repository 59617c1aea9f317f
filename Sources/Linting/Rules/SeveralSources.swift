import Diagnostics
import ModelfileSyntax

/// FROM lines that cannot be one model together.
enum SeveralSources: LintRule {
    static let rule = DiagnosticRule.severalSources

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        let sources = subject.sources.filter { $0.syntax.instruction == .from }
        guard let first = sources.first else { return [] }
        return sources.indices.dropFirst().compactMap { index in
            let source = sources[index]
            if let twin = sources[..<index].first(where: { $0.text == source.text }) {
                return Diagnostic(
                    rule, "FROM names '\(source.text)' again", at: source.range,
                    notes: [Diagnostic.Note("the first time", at: twin.range)], fixIts: [subject.deletion(of: source.syntax)])
            }
            // Two files may be a model and its projector; a model's name comes with everything that belongs to it.
            guard [first, source].contains(where: { !isFile($0, subject) }) else { return nil }
            return Diagnostic(
                rule, "FROM '\(source.text)' is a second model; a package holds one", at: source.range,
                notes: [Diagnostic.Note("the first one", at: first.range)])
        }
    }

    private static func isFile(_ source: NamedSource, _ subject: LintSubject) -> Bool {
        SourceReference.looksLikePath(source.text) || subject.facts.isPath(source.text)
    }
}
