import Glibc

/// The process's environment variables.
public enum Environment {
    public static subscript(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// A variable as Ollama reads it: blanks around it and quotes around what is left are taken off, an empty one is none.
    public static func trimmed(_ name: String) -> String? {
        guard var text = self[name]?[...] else { return nil }
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        while let first = text.first, first == "\"" || first == "'" { text.removeFirst() }
        while let last = text.last, last == "\"" || last == "'" { text.removeLast() }
        return text.isEmpty ? nil : String(text)
    }

    /// A switch as Ollama reads it: Go's false words are false, any other word is true, none at all is nil.
    public static func flag(_ name: String) -> Bool? {
        trimmed(name).map { !["0", "f", "F", "false", "FALSE", "False"].contains($0) }
    }

    /// The variables of those names that are set.
    public static func variables(_ names: [String]) -> [String: String] {
        var found: [String: String] = [:]
        for name in names { found[name] = self[name] }
        return found
    }

    /// The folder that is the user's own.
    public static var home: String { self["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/" }
}
