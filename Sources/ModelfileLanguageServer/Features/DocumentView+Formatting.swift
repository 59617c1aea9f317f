import Diagnostics
import JSONText
import ModelfileSyntax

/// The layout of `quern fmt`.
extension DocumentView {
    /// The edits that lay the text out; none where it is laid out, or where it has errors and nobody knows what it means.
    func formatting() -> JSONValue {
        guard document.kind == .modelfile, !document.isTooLong, let formatted = ModelfileFormatter.format(tree) else { return [] }
        return edits(to: formatted)
    }

    /// The change from the document's text to another one, without what both have at their beginnings and ends.
    func edits(to text: String) -> JSONValue {
        let (old, new) = (source.bytes, Array(text.utf8))
        guard old != new else { return [] }
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        // Whole lines: an edit must split neither a character nor a line end.
        start = source.lineStarts[source.line(at: start) - 1]
        var rest = 0
        while rest < min(old.count, new.count) - start, old[old.count - 1 - rest] == new[new.count - 1 - rest] { rest += 1 }
        if rest < old.count, let lineStart = source.lineStarts.first(where: { $0 >= old.count - rest }) {
            rest = old.count - lineStart
        }
        let inserted = String(decoding: new[start..<new.count - rest], as: UTF8.self)
        return [["range": positions.json(start..<old.count - rest), "newText": .string(inserted)]]
    }
}
