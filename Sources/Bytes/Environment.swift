import Glibc

/// The process's environment variables.
public enum Environment {
    public static subscript(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The variables of those names that are set.
    public static func variables(_ names: [String]) -> [String: String] {
        var found: [String: String] = [:]
        for name in names { found[name] = self[name] }
        return found
    }

    /// The folder that is the user's own.
    public static var home: String { self["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/" }
}
