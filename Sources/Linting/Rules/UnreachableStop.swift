import Diagnostics
import ModelfilePlan
import ModelfileSyntax

/// Stop texts that no answer can contain as they are written.
enum UnreachableStop: LintRule {
    static let rule = DiagnosticRule.unreachableStop

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        var seen: [String: SourceRange] = [:]
        var diagnostics: [Diagnostic] = []
        for line in subject.parameters where line.name == "stop" {
            guard case .strings(let texts) = line.value, let text = texts.first else { continue }
            if let former = seen.updateValue(line.syntax.range, forKey: text) {
                diagnostics.append(
                    Diagnostic(
                        rule, "the stop text '\(text)' is given twice", at: line.syntax.range,
                        notes: [Diagnostic.Note("the first time", at: former)], fixIts: [subject.deletion(of: line.syntax)]))
            } else if let diagnostic = diagnostic(for: text, line, subject) {
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
        if text.utf8.count > 2, text.hasPrefix("'"), text.hasSuffix("'") {
            let inner = String(text.dropFirst().dropLast())
            let written = inner.first == " " || inner.last == " " ? "\"\(inner)\"" : inner
            return Diagnostic(
                rule, "single quotes are part of the stop text", at: range, fixIts: [.replace(range, with: written)])
        }
        if isList(text) {
            return Diagnostic(
                rule, "a list is taken for one stop text, brackets included; write a PARAMETER stop line for each", at: range)
        }
        if let comment = text.firstRange(of: /[ \t]+# .*$/), subject.source.bytes[range.lowerBound] != 0x22 {
            let start = range.lowerBound + text.utf8.distance(from: text.startIndex, to: comment.lowerBound)
            return Diagnostic(
                rule, "a comment behind the value is taken for part of the stop text", at: start..<range.upperBound,
                fixIts: [.delete(start..<range.upperBound, "delete the comment, or move it to a line of its own")])
        }
        if let escape = ["\\n", "\\r", "\\t"].first(where: text.contains) {
            return Diagnostic(
                rule, "there are no escapes: '\(escape)' stands for a backslash and a letter", at: range,
                fixIts: fixItForNewlines(text, at: range))
        }
        return nil
    }

    private static func isList(_ text: String) -> Bool {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return false }
        let inner = text.dropFirst().dropLast().drop { $0 == " " }
        return inner.isEmpty || inner.hasPrefix("\"") || inner.hasPrefix("'")
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
