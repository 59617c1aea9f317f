/// Diagnostics as JSON, one object on one line, for editors and scripts.
///
///     {"diagnostics":[{"id","severity","message","file","range":{"start":{"line","column"},"end":…},"notes","fixits"}]}
///
/// Lines and columns count from 1, columns in Unicode scalars. A note has `message` and, where it points somewhere, `file` and
/// `range`; a fix-it has `message` and `edits`, each a `range` and the `text` to put there.
public enum JSONRenderer {
    public static func render(_ diagnostics: [Diagnostic], in source: SourceText) -> String {
        render([(source, diagnostics)])
    }

    /// The diagnostics of several texts in one document.
    public static func render(_ files: [(source: SourceText, diagnostics: [Diagnostic])]) -> String {
        let all = files.flatMap { file in file.diagnostics.map { diagnostic($0, in: file.source) } }
        return object([("diagnostics", array(all))])
    }

    private static func diagnostic(_ diagnostic: Diagnostic, in source: SourceText) -> String {
        object([
            ("id", string(diagnostic.id)),
            ("severity", string(diagnostic.severity.rawValue)),
            ("message", string(diagnostic.message)),
            ("file", string(source.name)),
            ("range", range(diagnostic.range, in: source)),
            ("notes", array(diagnostic.notes.map { note($0, in: source) })),
            ("fixits", array(diagnostic.fixIts.map { fixIt($0, in: source) })),
        ])
    }

    private static func note(_ note: Diagnostic.Note, in source: SourceText) -> String {
        var members = [("message", string(note.message))]
        if let place = note.range { members += [("file", string(source.name)), ("range", range(place, in: source))] }
        return object(members)
    }

    private static func fixIt(_ fixIt: FixIt, in source: SourceText) -> String {
        let edits = fixIt.edits.map { object([("range", range($0.range, in: source)), ("text", string($0.text))]) }
        return object([("message", string(fixIt.message)), ("edits", array(edits))])
    }

    private static func range(_ range: SourceRange, in source: SourceText) -> String {
        object([
            ("start", position(source.position(at: range.lowerBound))), ("end", position(source.position(at: range.upperBound))),
        ])
    }

    private static func position(_ position: SourcePosition) -> String {
        object([("line", String(position.line)), ("column", String(position.column))])
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { string($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
    }

    private static func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

    /// JSON's escapes, written here because the JSON room lies on the same floor.
    private static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
