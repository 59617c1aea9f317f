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
        return JSONFragment.object([("diagnostics", JSONFragment.array(all))])
    }

    private static func diagnostic(_ diagnostic: Diagnostic, in source: SourceText) -> String {
        JSONFragment.object([
            ("id", JSONFragment.string(diagnostic.id)),
            ("severity", JSONFragment.string(diagnostic.severity.rawValue)),
            ("message", JSONFragment.string(diagnostic.message)),
            ("file", JSONFragment.string(source.name)),
            ("range", range(diagnostic.range, in: source)),
            ("notes", JSONFragment.array(diagnostic.notes.map { note($0, in: source) })),
            ("fixits", JSONFragment.array(diagnostic.fixIts.map { fixIt($0, in: source) })),
        ])
    }

    private static func note(_ note: Diagnostic.Note, in source: SourceText) -> String {
        var members = [("message", JSONFragment.string(note.message))]
        if let place = note.range {
            let source = note.source ?? source
            members += [("file", JSONFragment.string(source.name)), ("range", range(place, in: source))]
        }
        return JSONFragment.object(members)
    }

    private static func fixIt(_ fixIt: FixIt, in source: SourceText) -> String {
        let edits = fixIt.edits.map {
            JSONFragment.object([("range", range($0.range, in: source)), ("text", JSONFragment.string($0.text))])
        }
        return JSONFragment.object([("message", JSONFragment.string(fixIt.message)), ("edits", JSONFragment.array(edits))])
    }

    private static func range(_ range: SourceRange, in source: SourceText) -> String {
        JSONFragment.object([
            ("start", position(source.position(at: range.lowerBound))), ("end", position(source.position(at: range.upperBound))),
        ])
    }

    private static func position(_ position: SourcePosition) -> String {
        JSONFragment.object([("line", String(position.line)), ("column", String(position.column))])
    }
}
