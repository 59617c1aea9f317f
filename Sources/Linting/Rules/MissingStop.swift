import Diagnostics
import ModelfileSyntax

/// A template that ends turns with a token at which nothing stops.
enum MissingStop: LintRule {
    static let rule = DiagnosticRule.missingStop

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        // A model's name brings stop texts of its own, which nobody can see from here.
        guard let template = subject.template, let from = subject.sources.first(where: { $0.syntax.instruction == .from }),
            SourceReference.looksLikePath(from.text) || subject.facts[from.text]?.traits != nil,
            let ending = template.frame?.ending, let token = endToken(ending)
        else { return [] }
        let traits = subject.facts[from.text]?.traits
        let stops = subject.stops.map(\.text) + (traits?.stops ?? []) + (traits?.endTokens ?? [])
        // A stop text in what follows the token lets the token itself through.
        let end = ending.byteOffset(of: token).map { $0 + token.utf8.count } ?? ending.utf8.count
        let head = String(decoding: ending.utf8.prefix(end), as: UTF8.self)
        guard !stops.contains(where: { !$0.isEmpty && (head.containsBytes(of: $0) || $0.containsBytes(of: token)) }) else {
            return []
        }
        let isKnown = traits?.endTokens != nil
        let line = "PARAMETER stop \(token)"
        return [
            Diagnostic(
                rule, "the template ends an answer with '\(token)', but nothing stops there", at: template.syntax.keyword.range,
                severity: isKnown ? .warning : nil,
                notes: isKnown ? [Diagnostic.Note("the model's own end of turn is another token", at: from.range)] : [],
                fixIts: [.insert("\n" + line, at: template.syntax.range.upperBound, "write '\(line)'")])
        ]
    }

    /// The token that begins the text, blanks aside, if its name says that it ends something.
    private static func endToken(_ text: String) -> String? {
        let token = text.drop { $0.isWhitespace }.prefixMatch(of: /<[^<>\s]{1,40}>/).map { String($0.0) }
        return token.flatMap { token in ["end", "eot", "</s>", "eos"].contains { token.lowercased().contains($0) } ? token : nil }
    }
}
