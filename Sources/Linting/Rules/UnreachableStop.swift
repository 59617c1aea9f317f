import Diagnostics
import ModelfilePlan
import ModelfileSyntax

/// Stop texts that no answer can contain as they are written.
enum UnreachableStop: LintRule {
    static let rule = DiagnosticRule.unreachableStop

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        var seen: [String: SourceRange] = [:]
        var diagnostics: [Diagnostic] = []
        let stops = Set(subject.stops.map(\.text))
        for line in subject.parameters where line.name == "stop" {
            guard case .strings(let texts) = line.value, let text = texts.first else { continue }
            if let former = seen.updateValue(line.syntax.range, forKey: text) {
                diagnostics.append(
                    Diagnostic(
                        rule, "the stop text '\(text)' is given twice", at: line.syntax.range,
                        notes: [Diagnostic.Note("the first time", at: former)], fixIts: [subject.deletion(of: line.syntax)]))
            } else if let diagnostic = diagnostic(for: text, line, subject) ?? shadowed(text, line, subject)
                ?? misspelt(text, line, subject, stops)
            {
                diagnostics.append(diagnostic)
            }
        }
        return diagnostics
    }

    private static func diagnostic(for text: String, _ line: ParameterLine, _ subject: LintSubject) -> Diagnostic? {
        let range = line.valueRange
        if text.isEmpty {
            return Diagnostic(
                rule, "an empty stop text stops nothing", at: line.syntax.range, fixIts: [subject.deletion(of: line.syntax)])
        }
        if let kind = foreignQuotes(round: text) {
            let inner = String(text.dropFirst().dropLast())
            let written = inner.first == " " || inner.last == " " ? "\"\(inner)\"" : inner
            return Diagnostic(
                rule, "\(kind) quotes are part of the stop text", at: range, fixIts: [.replace(range, with: written)])
        }
        if isList(text) {
            return Diagnostic(
                rule, "a list is taken for one stop text, brackets included; write a PARAMETER stop line for each", at: range,
                fixIts: fixItForList(text, line))
        }
        if text.utf8.contains(0x23), let comment = text.firstRange(of: /[ \t]+# .*$/),
            subject.source.bytes[range.lowerBound] != 0x22
        {
            let start = range.lowerBound + text.utf8.distance(from: text.startIndex, to: comment.lowerBound)
            return Diagnostic(
                rule, "a comment behind the value is taken for part of the stop text", at: start..<range.upperBound,
                fixIts: [.delete(start..<range.upperBound, "delete the comment, or move it to a line of its own")])
        }
        if text.utf8.contains(0x5C), let escape = ["\\n", "\\r", "\\t"].first(where: text.containsBytes) {
            return Diagnostic(
                rule, "there are no escapes: '\(escape)' stands for a backslash and a letter", at: range,
                fixIts: fixItForNewlines(text, at: range))
        }
        return nil
    }

    /// A text that contains another stop text is never whole: generation ends at the other one.
    private static func shadowed(_ text: String, _ line: ParameterLine, _ subject: LintSubject) -> Diagnostic? {
        // Each text is held against each other: nobody has that many, and for a list by a machine it is not worth the time.
        guard subject.stops.count <= 64,
            let other = subject.stops.first(where: { !$0.text.isEmpty && $0.text != text && text.containsBytes(of: $0.text) }),
            // The other one is wrong itself.
            other.text.contains(where: { $0 != " " }), other.text.count > 1
        else { return nil }
        return Diagnostic(
            rule, "generation ends at '\(other.text)' before this text is whole", at: line.valueRange,
            notes: [Diagnostic.Note("the shorter stop text", at: other.line.valueRange)],
            fixIts: [subject.deletion(of: line.syntax)])
    }

    /// A token that the template does not have, but nearly.
    private static func misspelt(
        _ text: String, _ line: ParameterLine, _ subject: LintSubject, _ stops: Set<String>
    ) -> Diagnostic? {
        guard let template = subject.template, TemplateTokens.isToken(text) else { return nil }
        let similar = template.reading.tokens.similar(to: text)
        guard let meant = similar.first(where: { !stops.contains($0) }) ?? similar.first, !template.text.containsBytes(of: text)
        else {
            return nil
        }
        return Diagnostic(
            rule, "the template knows no '\(text)', did you mean '\(meant)'?", at: line.valueRange,
            // Where that one is a stop text already, this one can go.
            fixIts: [stops.contains(meant) ? subject.deletion(of: line.syntax) : .replace(line.valueRange, with: meant)])
    }

    private static func foreignQuotes(round text: String) -> String? {
        guard text.utf8.count > 2, let first = text.first, let last = text.last else { return nil }
        switch (first, last) {
        case ("'", "'"): return text.count > 2 ? "single" : nil
        case ("\u{201C}", "\u{201D}"), ("\u{2018}", "\u{2019}"): return text.count > 2 ? "curly" : nil
        default: return nil
        }
    }

    private static func isList(_ text: String) -> Bool {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return false }
        let inner = text.dropFirst().dropLast().drop { $0 == " " }
        return inner.isEmpty || inner.hasPrefix("\"") || inner.hasPrefix("'")
    }

    /// A line for each text of a list of quoted texts without escapes.
    private static func fixItForList(_ text: String, _ line: ParameterLine) -> [FixIt] {
        let parts = text.dropFirst().dropLast().split(separator: ",").map { $0.drop { $0 == " " } }
        let texts = parts.compactMap { part -> String? in
            var part = part
            while part.last == " " { part.removeLast() }
            guard part.utf8.count > 2, let quote = part.first, quote == "\"" || quote == "'", part.last == quote else { return nil }
            let inner = part.dropFirst().dropLast()
            return inner.contains("\\") || inner.contains("\"") ? nil : String(inner)
        }
        guard !texts.isEmpty, texts.count == parts.count else { return [] }
        let lines = texts.map { "PARAMETER stop \"\($0)\"" }.joined(separator: "\n")
        return [FixIt("write a line for each", [FixIt.Edit(line.syntax.range, lines)])]
    }

    private static func fixItForNewlines(_ text: String, at range: SourceRange) -> [FixIt] {
        guard !text.contains("\"") else { return [] }
        var real = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "\\", let letter = rest.first, let meant = ["n": "\n", "t": "\t"][letter] else {
                real.append(character)
                continue
            }
            real += meant
            rest.removeFirst()
        }
        guard !real.contains("\\") else { return [] }
        return [FixIt("write the line break as a line break, between quotes", [FixIt.Edit(range, "\"\(real)\"")])]
    }
}
