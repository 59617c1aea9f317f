import JSONText

/// Something about stops, special tokens or capabilities that a user will run into.
public struct AuditFinding: Sendable, Equatable {
    public enum Severity: String, Sendable {
        /// Replies will go wrong.
        case error
        /// Something was lost, or works only in some programs.
        case warning
        /// Good to know.
        case note
    }

    public let id: String
    public let severity: Severity
    /// What is wrong, in one line.
    public let title: String
    /// What follows from it and what to do.
    public let advice: String

    init(_ id: String, _ severity: Severity, _ title: String, _ advice: String) {
        (self.id, self.severity, self.title, self.advice) = (id, severity, title, advice)
    }

    var json: JSONValue {
        ["id": .string(id), "severity": .string(severity.rawValue), "title": .string(title), "advice": .string(advice)]
    }

    func text(color: Bool) -> String {
        let code = severity == .error ? "31;1" : severity == .warning ? "33;1" : "2"
        let word = color ? "\u{1B}[\(code)m\(severity.rawValue)\u{1B}[0m" : severity.rawValue
        return "   \(word): \(title) [\(id)]\n" + WordLines.of(advice, width: 100).map { "      \($0)\n" }.joined()
    }
}
