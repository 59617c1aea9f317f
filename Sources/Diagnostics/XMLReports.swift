/// Reports in XML, for continuous integration.

/// Checkstyle's form: an `error` for each diagnostic, in a `file`.
public enum CheckstyleReport {
    public static func render(_ texts: [DiagnosedText]) -> String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<checkstyle version=\"4.3\">"]
        for text in texts {
            lines.append("  <file name=\(XMLFragment.attribute(text.source.name))>")
            lines += text.diagnostics.map { diagnostic in
                let start = text.place(of: diagnostic.range).start
                let severity = diagnostic.severity == .note ? "info" : diagnostic.severity.rawValue
                return "    <error line=\"\(start.line)\" column=\"\(start.column)\" severity=\"\(severity)\" "
                    + "message=\(XMLFragment.attribute(diagnostic.message)) source=\"quern.\(diagnostic.id)\"/>"
            }
            lines.append("  </file>")
        }
        return (lines + ["</checkstyle>"]).map { $0 + "\n" }.joined()
    }
}

/// JUnit's form: a suite for each file, a failed case for each diagnostic, a passed one for a file without any.
public enum JUnitReport {
    public static func render(_ texts: [DiagnosedText]) -> String {
        let failures = texts.reduce(0) { $0 + $1.diagnostics.count }
        let cases = texts.reduce(0) { $0 + max(1, $1.diagnostics.count) }
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites name=\"quern check\" tests=\"\(cases)\" failures=\"\(failures)\" errors=\"0\">",
        ]
        for text in texts { lines += suite(text) }
        return (lines + ["</testsuites>"]).map { $0 + "\n" }.joined()
    }

    private static func suite(_ text: DiagnosedText) -> [String] {
        let name = XMLFragment.attribute(text.source.name)
        let count = text.diagnostics.count
        var lines = ["  <testsuite name=\(name) tests=\"\(max(1, count))\" failures=\"\(count)\" errors=\"0\">"]
        if count == 0 { lines.append("    <testcase name=\"check\" classname=\(name)/>") }
        for diagnostic in text.diagnostics {
            let start = text.place(of: diagnostic.range).start
            let title = XMLFragment.attribute("\(diagnostic.id) line \(start.line), column \(start.column)")
            let content = XMLFragment.escaped(TerminalRenderer().render(diagnostic, in: text.source), keepsLines: true)
            lines.append("    <testcase name=\(title) classname=\(name)>")
            lines.append(
                "      <failure type=\"\(diagnostic.severity.rawValue)\" message=\(XMLFragment.attribute(diagnostic.message))>"
                    + content + "</failure>")
            lines.append("    </testcase>")
        }
        return lines + ["  </testsuite>"]
    }
}

enum XMLFragment {
    static func attribute(_ text: String) -> String { "\"" + escaped(text) + "\"" }

    /// XML 1.0 has no way to write a control character; its picture stands for it.
    static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n" where keepsLines: result += "\n"
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(VisibleText.of(scalar))
            }
        }
        return result
    }
}
