/// The form of Code Climate, which GitLab reads as a code quality report: an array of issues.
public enum CodeClimateReport {
    public static func render(_ texts: [DiagnosedText]) -> String {
        var issues: [String] = []
        for text in texts {
            // The same complaint twice in a file is two issues; lines move, so they are no part of what tells issues apart.
            var seen: [String: Int] = [:]
            for diagnostic in text.diagnostics {
                let key = "\(text.source.name)\0\(diagnostic.id)\0\(diagnostic.message)"
                let turn = seen[key, default: 0]
                seen[key] = turn + 1
                issues.append(issue(diagnostic, in: text, fingerprint: fingerprint("\(key)\0\(turn)")))
            }
        }
        return JSONFragment.array(issues) + "\n"
    }

    private static func issue(_ diagnostic: Diagnostic, in text: DiagnosedText, fingerprint: String) -> String {
        let (start, end) = text.place(of: diagnostic.range)
        let lines = JSONFragment.object([("begin", String(start.line)), ("end", String(end.line))])
        return JSONFragment.object([
            ("type", JSONFragment.string("issue")),
            ("check_name", JSONFragment.string(diagnostic.id)),
            ("description", JSONFragment.string(diagnostic.message)),
            ("content", JSONFragment.object([("body", JSONFragment.string(diagnostic.rule.explanation))])),
            ("categories", JSONFragment.array([JSONFragment.string(diagnostic.rule == .secret ? "Security" : "Bug Risk")])),
            (
                "location",
                JSONFragment.object([("path", JSONFragment.string(text.source.name)), ("lines", lines)])
            ),
            ("severity", JSONFragment.string(severity(diagnostic.severity))),
            ("fingerprint", JSONFragment.string(fingerprint)),
        ])
    }

    private static func severity(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .note: "info"
        case .warning: "minor"
        case .error: "major"
        }
    }

    /// FNV-1a of 64 bits: the same on every machine and in every run.
    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
