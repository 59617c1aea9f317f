import Diagnostics
import GoTemplate
import ModelfileSyntax

/// A TEMPLATE that is not in the language of text/template.
enum InvalidTemplate: LintRule {
    static let rule = DiagnosticRule.invalidTemplate

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        guard let template = subject.template, case .failure(let error) = template.parsed else { return [] }
        let problem = error.fault.problem
        if let tag = JinjaTag.first(in: template.text) { return [jinja(tag, template)] }
        if let opener = error.fault.opener { return [unclosed(opener, template, subject)] }
        if let diagnostic = misspeltFunction(problem, error.fault.range, template) { return [diagnostic] }
        let notes = hint(for: problem).map { [Diagnostic.Note($0)] } ?? []
        let place = isAboutAction(problem) ? action(round: error.fault.range, in: template.text) : error.fault.range
        return [
            Diagnostic(rule, "the template does not parse: \(problem)", at: template.range(place), notes: notes)
        ]
    }

    private static func jinja(_ tag: Range<Int>, _ template: WrittenTemplate) -> Diagnostic {
        Diagnostic(
            rule, "the template is written in Jinja, and TEMPLATE wants the language of Go's text/template",
            at: template.range(tag), notes: [Diagnostic.Note(JinjaTag.advice)])
    }

    /// Whether Go complains where an action ends, though all of it is meant.
    private static func isAboutAction(_ problem: String) -> Bool {
        problem == "unclosed action" || problem.hasPrefix("unexpected {{") || problem.hasPrefix("missing value for")
    }

    /// The action that holds or ends at a place: from its `{{` to its `}}`, or to the end of its line.
    private static func action(round place: Range<Int>, in text: String) -> Range<Int> {
        let bytes = Array(text.utf8)
        var start = min(place.lowerBound, bytes.count - 2)
        while start > 0, bytes[start] != 0x7B || bytes[start + 1] != 0x7B { start -= 1 }
        guard start >= 0, bytes[start] == 0x7B else { return place }
        var end = start
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D {
            if bytes[end] == 0x7D, end + 1 < bytes.count, bytes[end + 1] == 0x7D { return start..<end + 2 }
            end += 1
        }
        while end > start, bytes[end - 1] == 0x20 { end -= 1 }
        return start..<end
    }

    /// Go complains about the text's end; the mistake is where the block begins.
    private static func unclosed(_ opener: Range<Int>, _ template: WrittenTemplate, _ subject: LintSubject) -> Diagnostic {
        let place = template.range(opener)
        let action = DisplayWidth.truncating(subject.source.text(in: place), to: 40)
        let end = template.value.text.range.upperBound
        return Diagnostic(
            rule, "the template does not parse: '\(action)' has no {{ end }}", at: place,
            notes: [Diagnostic.Note("the template ends here", at: (template.value.closeQuote?.range).map { $0 } ?? end..<end)])
    }

    /// The functions that a template can call.
    private static let functions = [
        "json", "currentDate", "yesterdayDate", "toTypeScriptType", "and", "or", "not", "len", "index", "slice", "print", "printf",
        "println", "eq", "ne", "lt", "le", "gt", "ge", "html", "js", "urlquery", "call",
    ]

    private static func misspeltFunction(_ problem: String, _ inner: Range<Int>, _ template: WrittenTemplate) -> Diagnostic? {
        guard problem.hasPrefix("function \""), problem.hasSuffix("\" not defined") else { return nil }
        let name = String(problem.dropFirst("function \"".count).dropLast("\" not defined".count))
        guard let meant = SpellingSuggestion.nearest(to: name, in: functions) else { return nil }
        let range = template.range(inner)
        return Diagnostic(
            rule, "the template does not parse: there is no function '\(name)', did you mean '\(meant)'?", at: range,
            fixIts: [.replace(range, with: meant)])
    }

    /// What to do about the complaints of Go that do not say it.
    private static func hint(for problem: String) -> String? {
        if problem == "unexpected {{end}}" {
            return "every {{ end }} belongs to an {{ if }}, {{ range }}, {{ with }} or {{ define }}"
        }
        if problem.hasPrefix("function ") {
            return "functions are those of Go's text/template with json, currentDate, yesterdayDate and toTypeScriptType"
        }
        if problem.contains("unclosed action") { return "an action ends with }}" }
        return nil
    }
}
