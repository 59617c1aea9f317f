import Diagnostics
import JSONText

/// Diagnostics in the protocol's form, written as text straight away: an editor is told them after every letter, and making values
/// of hundreds of them first would take longer than finding them.
struct DiagnosticWriter {
    let server: LanguageServer
    let source: SourceText

    /// A JSON array.
    func text(_ diagnostics: [Diagnostic]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(diagnostics.count * 256)
        text.append(UInt8(ascii: "["))
        for (index, diagnostic) in diagnostics.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            write(diagnostic, to: &text)
        }
        text.append(UInt8(ascii: "]"))
        return text
    }

    /// One diagnostic as a value, as code actions carry it.
    func json(_ diagnostic: Diagnostic) -> JSONValue {
        var text: [UInt8] = []
        write(diagnostic, to: &text)
        return (try? JSONValue(parsing: text)) ?? .null
    }

    private func write(_ diagnostic: Diagnostic, to text: inout [UInt8]) {
        text += "{\"range\":".utf8
        write(diagnostic.range, of: source, to: &text)
        text +=
            ",\"severity\":\(Self.severity(diagnostic.severity)),\"code\":\"\(diagnostic.id)\",\"source\":\"quern\",\"message\":"
            .utf8
        text.appendJSON(diagnostic.message)
        if let tag = Self.tag(diagnostic.rule) { text += ",\"tags\":[\(tag)]".utf8 }
        if !diagnostic.notes.isEmpty {
            text += ",\"relatedInformation\":[".utf8
            for (index, note) in diagnostic.notes.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                write(note, of: diagnostic, to: &text)
            }
            text.append(UInt8(ascii: "]"))
        }
        text.append(UInt8(ascii: "}"))
    }

    /// A note without a place of its own stands at the diagnostic's.
    private func write(_ note: Diagnostic.Note, of diagnostic: Diagnostic, to text: inout [UInt8]) {
        let place = note.range == nil ? source : note.source ?? source
        text += "{\"location\":{\"uri\":".utf8
        text.appendJSON(server.uri(ofPath: place.name))
        text += ",\"range\":".utf8
        write(note.range ?? diagnostic.range, of: place, to: &text)
        text += "},\"message\":".utf8
        text.appendJSON(note.message)
        text.append(UInt8(ascii: "}"))
    }

    private func write(_ range: SourceRange, of source: SourceText, to text: inout [UInt8]) {
        let positions = PositionMap(source: source, encoding: server.encoding)
        let (start, end) = (positions.place(at: range.lowerBound), positions.place(at: range.upperBound))
        text += "{\"start\":".utf8
        write(start, to: &text)
        text += ",\"end\":".utf8
        write(end, to: &text)
        text.append(UInt8(ascii: "}"))
    }

    private func write(_ place: (line: Int, character: Int), to text: inout [UInt8]) {
        text += "{\"line\":".utf8
        write(place.line, to: &text)
        text += ",\"character\":".utf8
        write(place.character, to: &text)
        text.append(UInt8(ascii: "}"))
    }

    /// A whole number from 0.
    private func write(_ number: Int, to text: inout [UInt8]) {
        if number >= 10 { write(number / 10, to: &text) }
        text.append(UInt8(ascii: "0") + UInt8(number % 10))
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
