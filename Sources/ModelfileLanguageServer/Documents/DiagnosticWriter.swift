import Diagnostics
import JSONText

/// Diagnostics in the protocol's form.
struct DiagnosticWriter {
    let server: LanguageServer
    let source: SourceText

    private var positions: PositionMap { PositionMap(source: source, encoding: server.encoding) }

    func json(_ diagnostics: [Diagnostic]) -> JSONValue { .array(diagnostics.map(json)) }

    func json(_ diagnostic: Diagnostic) -> JSONValue {
        var object: JSONObject = [
            "range": positions.json(diagnostic.range),
            "severity": .number(JSONNumber(Self.severity(diagnostic.severity))),
            "code": .string(diagnostic.id),
            "source": "quern",
            "message": .string(diagnostic.message),
        ]
        if let tag = Self.tag(diagnostic.rule) { object["tags"] = [.number(JSONNumber(tag))] }
        if !diagnostic.notes.isEmpty {
            object["relatedInformation"] = .array(diagnostic.notes.map { related($0, to: diagnostic) })
        }
        return .object(object)
    }

    /// A note without a place of its own stands at the diagnostic's.
    private func related(_ note: Diagnostic.Note, to diagnostic: Diagnostic) -> JSONValue {
        let text = note.range == nil ? source : note.source ?? source
        let place = PositionMap(source: text, encoding: server.encoding)
        return [
            "location": [
                "uri": .string(server.uri(ofPath: text.name)), "range": place.json(note.range ?? diagnostic.range),
            ],
            "message": .string(note.message),
        ]
    }

    private static func severity(_ severity: Diagnostic.Severity) -> Int {
        switch severity {
        case .error: 1
        case .warning: 2
        case .note: 3
        }
    }

    /// 1 greys out what has no effect, 2 strikes out what is no longer used.
    private static func tag(_ rule: DiagnosticRule) -> Int? {
        switch rule {
        case .replacedValue, .ignoredSystem, .unreachableStop: 1
        case .deprecatedParameter: 2
        default: nil
        }
    }
}
