/// SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format): one run with the rules that spoke and their results.
public enum SARIFReport {
    private typealias JSON = JSONFragment

    /// - Parameter version: the version of Quern.
    public static func render(_ texts: [DiagnosedText], version: String) -> String {
        let rules = Set(texts.flatMap { $0.diagnostics.map(\.rule) }).sorted { $0.id < $1.id }
        let indices = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
        let driver = JSON.object([
            ("name", JSON.string("quern")), ("version", JSON.string(version)), ("rules", JSON.array(rules.map(rule))),
        ])
        let results = texts.flatMap { text in
            text.diagnostics.map { result($0, in: text, ruleIndex: indices[$0.id] ?? -1) }
        }
        let run = JSON.object([
            ("tool", JSON.object([("driver", driver)])), ("columnKind", JSON.string("unicodeCodePoints")),
            ("results", JSON.array(results)),
        ])
        return JSON.object([
            ("$schema", JSON.string("https://json.schemastore.org/sarif-2.1.0.json")), ("version", JSON.string("2.1.0")),
            ("runs", JSON.array([run])),
        ]) + "\n"
    }

    private static func rule(_ rule: DiagnosticRule) -> String {
        var help = rule.explanation
        if !rule.example.isEmpty { help += "\n\nExample:\n\n\(rule.example)\nMended:\n\n\(rule.mended)" }
        return JSON.object([
            ("id", JSON.string(rule.id)), ("shortDescription", message(rule.title)), ("fullDescription", message(rule.explanation)),
            ("help", message(help)),
            ("defaultConfiguration", JSON.object([("level", JSON.string(rule.severity.rawValue))])),
        ])
    }

    private static func result(_ diagnostic: Diagnostic, in text: DiagnosedText, ruleIndex: Int) -> String {
        let location = JSON.object([("physicalLocation", physicalLocation(diagnostic.range, in: text))])
        var members = [
            ("ruleId", JSON.string(diagnostic.id)), ("ruleIndex", String(ruleIndex)),
            ("level", JSON.string(diagnostic.severity.rawValue)), ("message", message(diagnostic.message)),
            ("locations", JSON.array([location])),
        ]
        let related = diagnostic.notes.enumerated().map { index, note in
            var parts = [("id", String(index)), ("message", message(note.message))]
            if let range = note.range {
                let place = physicalLocation(range, in: DiagnosedText(note.source ?? text.source, []))
                parts.append(("physicalLocation", place))
            }
            return JSON.object(parts)
        }
        if !related.isEmpty { members.append(("relatedLocations", JSON.array(related))) }
        if !diagnostic.fixIts.isEmpty { members.append(("fixes", JSON.array(diagnostic.fixIts.map { fix($0, in: text) }))) }
        return JSON.object(members)
    }

    private static func fix(_ fixIt: FixIt, in text: DiagnosedText) -> String {
        let replacements = fixIt.edits.map {
            JSON.object([("deletedRegion", region($0.range, in: text)), ("insertedContent", message($0.text))])
        }
        let change = JSON.object([("artifactLocation", artifact(text)), ("replacements", JSON.array(replacements))])
        return JSON.object([("description", message(fixIt.message)), ("artifactChanges", JSON.array([change]))])
    }

    private static func physicalLocation(_ range: SourceRange, in text: DiagnosedText) -> String {
        JSON.object([("artifactLocation", artifact(text)), ("region", region(range, in: text))])
    }

    private static func region(_ range: SourceRange, in text: DiagnosedText) -> String {
        let (start, end) = text.place(of: range)
        return JSON.object([
            ("startLine", String(start.line)), ("startColumn", String(start.column)), ("endLine", String(end.line)),
            ("endColumn", String(end.column)),
        ])
    }

    private static func artifact(_ text: DiagnosedText) -> String {
        let isAbsolute = text.source.name.hasPrefix("/")
        return JSON.object([("uri", JSON.string((isAbsolute ? "file://" : "") + percentEncoded(text.source.name)))])
    }

    private static func message(_ text: String) -> String { JSON.object([("text", JSON.string(text))]) }

    /// A path as a URI reference (RFC 3986): everything but unreserved characters and slashes in percent signs.
    private static func percentEncoded(_ path: String) -> String {
        path.utf8.map { byte in
            let isUnreserved =
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte != 0x60 && byte < 0x80
                || "-._~/".utf8.contains(byte)
            if isUnreserved { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
