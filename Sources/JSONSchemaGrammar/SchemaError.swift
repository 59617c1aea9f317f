public import Automata

/// Why a JSON Schema could not be compiled. Paths are JSON Pointers into the schema.
public enum SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A keyword that cannot be held while text is being generated, or cannot in this combination.
    case unsupported(keyword: String, why: String, path: String)
    /// A keyword whose value is not what the specification asks for.
    case invalid(keyword: String, found: String, wanted: String, path: String)
    case pattern(PatternError, path: String)
    case unresolvedReference(String, path: String)
    case remoteReference(String, path: String)
    /// No instance satisfies the schema.
    case unsatisfiable
    case tooComplex(what: String, path: String)

    public var description: String {
        switch self {
        case .unsupported(let keyword, let why, let path): "\(path): '\(keyword)' cannot be enforced: \(why)"
        case .invalid(let keyword, let found, let wanted, let path): "\(path): '\(keyword)' is \(found), wanted \(wanted)"
        case .pattern(let error, let path): "\(path): \(error)"
        case .unresolvedReference(let reference, let path): "\(path): nothing is found at '\(reference)'"
        case .remoteReference(let reference, let path): "\(path): '\(reference)' lies in another document, which is not fetched"
        case .unsatisfiable: "no instance satisfies the schema"
        case .tooComplex(let what, let path): "\(path): \(what)"
        }
    }
}
