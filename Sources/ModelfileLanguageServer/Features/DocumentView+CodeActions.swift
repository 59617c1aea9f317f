import Diagnostics
import JSONText
import ModelfileSyntax

enum CodeActionKind {
    static let fixAll = "source.fixAll.quern"

    /// Whether the client asked for a kind: it names kinds, or the beginnings of kinds; nil means that it asked for all.
    static func isWanted(_ kind: String, _ kinds: [String]?) -> Bool {
        kinds?.contains { $0 == kind || $0.isEmpty || kind.hasPrefix($0 + ".") } ?? true
    }
}

/// Fix-its of diagnostics as actions.
extension DocumentView {
    func codeActions(in range: SourceRange, kinds: [String]?) -> JSONValue {
        var actions: [JSONValue] = []
        let diagnostics = diagnostics
        if CodeActionKind.isWanted("quickfix", kinds) {
            let touched = diagnostics.filter { Self.touch($0.range, range) }
            actions += touched.flatMap(quickFixes) + touched.compactMap(silence)
        }
        // Offered only where it was asked for: an editor shows it on every line otherwise.
        if let kinds, !kinds.isEmpty, CodeActionKind.isWanted(CodeActionKind.fixAll, kinds) {
            let fixed = source.applying(diagnostics.compactMap(\.fixIts.first))
            if Array(fixed.utf8) != source.bytes {
                actions.append([
                    "title": "Fix all that can be fixed", "kind": .string(CodeActionKind.fixAll),
                    "edit": ["changes": .object(JSONObject([(document.uri, edits(to: fixed))]))],
                ])
            }
        }
        return .array(actions)
    }

    private static func touch(_ first: SourceRange, _ second: SourceRange) -> Bool {
        first.lowerBound <= second.upperBound && second.lowerBound <= first.upperBound
    }

    private func quickFixes(_ diagnostic: Diagnostic) -> [JSONValue] {
        diagnostic.fixIts.enumerated().map { index, fixIt in
            let edits = fixIt.edits.map { edit -> JSONValue in
                ["range": positions.json(edit.range), "newText": .string(edit.text)]
            }
            return action(fixIt.message, diagnostic, edits, isPreferred: index == 0)
        }
    }

    /// `# quern: ignore QM0012` above the instruction.
    private func silence(_ diagnostic: Diagnostic) -> JSONValue? {
        guard document.kind == .modelfile, diagnostic.severity != .error,
            let item = tree.items.first(where: { item in
                item.range.lowerBound <= diagnostic.range.lowerBound && diagnostic.range.lowerBound <= item.range.upperBound
            })
        else { return nil }
        let lineStart = source.lineStarts[source.line(at: item.range.lowerBound) - 1]
        let edit: JSONValue = [
            "range": positions.json(lineStart..<lineStart), "newText": .string("# quern: ignore \(diagnostic.id)\n"),
        ]
        return action("ignore \(diagnostic.id) here", diagnostic, [edit], isPreferred: false)
    }

    private func action(_ title: String, _ diagnostic: Diagnostic, _ edits: [JSONValue], isPreferred: Bool) -> JSONValue {
        [
            "title": .string(title), "kind": "quickfix", "isPreferred": .bool(isPreferred),
            "diagnostics": [DiagnosticWriter(server: server, source: source).json(diagnostic)],
            "edit": ["changes": .object(JSONObject([(document.uri, .array(edits))]))],
        ]
    }
}
