/// Ollama's variables, read by Ollama's rules.
public struct OllamaEnvironment: Sendable {
    private let variables: [String: String]

    public init(_ variables: [String: String]) { self.variables = variables }

    /// The value without blanks and then without quotes around it; empty when the variable is not set.
    public subscript(name: String) -> String {
        var text = Substring(variables[name] ?? "")
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first == "\"" || first == "'" { text.removeFirst() }
        while let last = text.last, last == "\"" || last == "'" { text.removeLast() }
        return String(text)
    }

    /// A switch: what Go's ParseBool takes; anything else that is not empty is on.
    public func isOn(_ name: String) -> Bool {
        switch self[name] {
        case "", "0", "f", "F", "false", "FALSE", "False": false
        default: true
        }
    }
}
