/// What can be wrong with the words of the store: names, digests, versions, manifests and configs.
public enum ManifestError: Error, Equatable, CustomStringConvertible {
    /// A part of a model name is empty, too long, or has a character that is not allowed there.
    case invalidName(String, part: ModelName.Part, problem: String)
    /// Not `sha256:` or `sha256-` and 64 hexadecimal digits.
    case invalidDigest(String)
    /// Not a version such as `0.14.0`.
    case invalidVersion(String)
    /// A manifest or config that is not JSON, or lacks what it must have. `what` is "manifest" or "config".
    case malformed(what: String, problem: String)

    public var description: String {
        switch self {
        case .invalidName(let name, let part, let problem):
            "invalid model name '\(Self.excerpt(name))': the \(part.rawValue) \(problem)"
        case .invalidDigest(let text):
            "invalid digest '\(Self.excerpt(text))': wanted 'sha256:' and 64 hexadecimal digits"
        case .invalidVersion(let text):
            "invalid version '\(Self.excerpt(text))': wanted numbers such as 0.14.0"
        case .malformed(let what, let problem):
            "malformed \(what): \(problem)"
        }
    }

    /// At most 100 characters of a text from outside: an error names the thing, it does not repeat a megabyte.
    private static func excerpt(_ text: String) -> String { text.count <= 100 ? text : text.prefix(100) + "…" }
}
