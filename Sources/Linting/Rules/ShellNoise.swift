import Diagnostics
import ModelfileSyntax

/// More behind FROM than a name or path: a comment, a command, an option, a Dockerfile's AS.
enum ShellNoise: LintRule {
    static let rule = DiagnosticRule.shellNoise

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        subject.sources.compactMap { source in
            guard !subject.facts.isPath(source.text), source.value.closeQuote == nil, let noise = noise(in: source.text) else {
                return nil
            }
            let start = source.range.lowerBound
            let place = start + noise.range.lowerBound..<start + noise.range.upperBound
            return Diagnostic(
                rule, "\(noise.problem); it is taken for part of what \(source.keyword) names", at: place,
                notes: noise.note.map { [Diagnostic.Note($0)] } ?? [],
                fixIts: noise.isDeletable ? [.delete(place, "delete it")] : [])
        }
    }

    static func isNoisy(_ text: String) -> Bool { noise(in: text) != nil }

    private struct Noise {
        let problem: String
        /// UTF-8 offsets in the text.
        let range: Range<Int>
        var isDeletable = true
        var note: String?
    }

    private static func noise(in text: String) -> Noise? {
        // Regular expressions are made anew each time, and hardly a name needs them.
        let isSuspicious = text.utf8.contains { " \t`$;".utf8.contains($0) } || text.utf8.first == 0x2D
        guard isSuspicious else { return nil }
        func offsets(_ range: Range<String.Index>) -> Range<Int> {
            text.utf8.distance(
                from: text.startIndex, to: range.lowerBound)..<text.utf8.distance(
                    from: text.startIndex, to: range.upperBound)
        }
        if let match = text.firstMatch(of: /[ \t]+#.*$/) {
            return Noise(problem: "a comment wants its own line", range: offsets(match.range))
        }
        if let match = text.prefixMatch(of: /(ollama|docker)[ \t]+(run|pull|create|show)[ \t]+/) {
            return Noise(problem: "this is a command of a shell", range: offsets(match.range))
        }
        if let match = text.prefixMatch(of: /--?[A-Za-z][^ \t]*([ \t]+|$)/) {
            return Noise(problem: "this is an option of a command", range: offsets(match.range))
        }
        if let match = text.firstMatch(of: /[ \t]+[Aa][Ss][ \t]+[A-Za-z0-9_.-]+$/) {
            return Noise(
                problem: "this is a stage of a Dockerfile", range: offsets(match.range),
                note: "Quern's superset has targets: its files begin with the line '\(ModelfileDialect.syntaxLine)'")
        }
        if let match = text.firstMatch(of: /[ \t]+\\$/) {
            return Noise(problem: "a \\ continues no line", range: offsets(match.range))
        }
        if let match = text.firstMatch(of: /([ \t]+(--[a-z][a-z-]*|-[a-z])([ \t=]+[^ \t-][^ \t]*)?)+$/) {
            return Noise(
                problem: "this is an option of a command", range: offsets(match.range),
                note: "options belong to the command: quern create --help")
        }
        if let match = text.firstMatch(of: /[ \t]*;+$/) {
            return Noise(problem: "';' ends nothing here", range: offsets(match.range))
        }
        if let match = text.firstMatch(of: /[ \t]*(&&|\|\|?|;|>>?|<)[ \t].*$|\$\(.*$|`.*$/) {
            return Noise(problem: "this is the language of a shell", range: offsets(match.range), isDeletable: false)
        }
        if let match = text.firstMatch(of: /[ \t].*$/), !SourceReference.looksLikePath(text), !ForeignPath.isForeign(text) {
            return Noise(
                problem: "this stands behind a blank, which no model's name has", range: offsets(match.range), isDeletable: false)
        }
        return nil
    }
}
