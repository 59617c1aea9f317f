/// Why a regular expression could not be read or compiled.
public enum PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `at` counts Unicode scalars from the pattern's start.
    case syntax(String, at: Int)
    /// A construct that describes no regular language, or none that can be followed symbol by symbol.
    case unsupported(String, at: Int)

    public var description: String {
        switch self {
        case .syntax(let what, let at): "regular expression: \(what) at character \(at + 1)"
        case .unsupported(let what, let at): "regular expression: \(what) at character \(at + 1) cannot be enforced"
        }
    }
}
