/// Reports of one line for each diagnostic.

/// The form of the GNU coding standards, which editors and build tools read: `FILE:LINE:COLUMN: SEVERITY: MESSAGE [ID]`.
public enum GNUReport {
    public static func render(_ texts: [DiagnosedText]) -> String {
        texts.map { text in
            text.diagnostics.map { diagnostic in
                let start = text.place(of: diagnostic.range).start
                let message = VisibleText.of(diagnostic.message)
                return "\(VisibleText.of(text.source.name)):\(start.line):\(start.column): \(diagnostic.severity.rawValue): "
                    + "\(message) [\(diagnostic.id)]\n"
            }.joined()
        }.joined()
    }
}

/// Workflow commands of GitHub Actions, which become annotations of a pull request.
public enum GitHubReport {
    public static func render(_ texts: [DiagnosedText]) -> String {
        texts.map { text in text.diagnostics.map { command($0, in: text) + "\n" }.joined() }.joined()
    }

    private static func command(_ diagnostic: Diagnostic, in text: DiagnosedText) -> String {
        let (start, end) = text.place(of: diagnostic.range)
        var properties = [("file", text.source.name), ("line", String(start.line)), ("endLine", String(end.line))]
        // Columns of a range over several lines are refused.
        if start.line == end.line { properties += [("col", String(start.column)), ("endColumn", String(end.column))] }
        properties.append(("title", "\(diagnostic.id) \(diagnostic.rule.title)"))
        let listed = properties.map { "\($0.0)=\(escaped($0.1, isProperty: true))" }.joined(separator: ",")
        return "::\(word(for: diagnostic.severity)) \(listed)::\(escaped(diagnostic.message, isProperty: false))"
    }

    private static func word(for severity: Diagnostic.Severity) -> String {
        switch severity {
        case .note: "notice"
        case .warning: "warning"
        case .error: "error"
        }
    }

    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where isProperty: result += "%3A"
            case "," where isProperty: result += "%2C"
            default: result.unicodeScalars.append(VisibleText.of(scalar))
            }
        }
        return result
    }
}
