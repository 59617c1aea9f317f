import Diagnostics
import ModelfileSyntax

/// Paths as Windows or a shell writes them.
enum ForeignPath: LintRule {
    static let rule = DiagnosticRule.foreignPath

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        subject.sources.compactMap { source in
            guard let problem = problem(with: source.text) else { return nil }
            var diagnostic = Diagnostic(rule, "\(source.keyword) '\(source.text)': \(problem)", at: source.range)
            if let slashed = slashed(source.text) {
                diagnostic.fixIts = [.replace(source.range, with: slashed)]
            } else if let name = source.text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last, name.contains(".") {
                diagnostic.notes = [Diagnostic.Note("a path that starts at the Modelfile's folder works everywhere: ./\(name)")]
            }
            return diagnostic
        }
    }

    static func isForeign(_ text: String) -> Bool { problem(with: text) != nil }

    private static func problem(with text: String) -> String? {
        let bytes = Array(text.utf8)
        if text.hasPrefix("\\\\") { return "a network share exists for Windows only" }
        if hasDriveLetter(bytes) { return "a drive letter exists on Windows only" }
        if text == "~" || text.hasPrefix("~/") || text.hasPrefix("~\\") {
            return "~ is the home folder of whoever builds, and each has another one"
        }
        if bytes.contains(0x25), text.firstMatch(of: /%[A-Za-z_]+%/) != nil { return "variables in percent signs are not replaced" }
        if bytes.contains(0x24), text.firstMatch(of: /\$(\{?[A-Za-z_]|env:)/) != nil, !text.contains("$(") {
            return "variables are not replaced"
        }
        if text.hasPrefix("file://") { return "a path is no URL" }
        if text.contains("\\"), !text.hasSuffix(" \\") { return "\\ is a separator on Windows only" }
        return nil
    }

    private static func hasDriveLetter(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 3 && (0x61...0x7A).contains(bytes[0] | 0x20) && bytes[1] == 0x3A && (bytes[2] == 0x5C || bytes[2] == 0x2F)
    }

    /// A relative path with the separators that every system understands.
    private static func slashed(_ text: String) -> String? {
        let isRelative = !text.hasPrefix("\\") && !hasDriveLetter(Array(text.utf8)) && !text.contains { "~%$ ".contains($0) }
        guard text.contains("\\"), isRelative else { return nil }
        return String(text.map { $0 == "\\" ? "/" : $0 })
    }
}
