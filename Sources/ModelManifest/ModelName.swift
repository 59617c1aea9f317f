/// The full name of a model, as in `[host/][namespace/]model[:tag]`, with the defaults filled in.
///
/// A value of this type is always valid, so its parts are safe as file names: none is empty, starts with a dot or holds a slash.
/// Names keep the case they were written in; `matches` compares as the store does, without regard to case.
public struct ModelName: Hashable, Sendable {
    /// Where the model comes from: letters, digits, `_`, `-`, `.` and `:`; 1 to 350 bytes.
    public let host: String
    /// Whose it is: letters, digits, `_` and `-`; 1 to 80 bytes.
    public let namespace: String
    /// What it is called: letters, digits, `_`, `-` and `.`; 1 to 80 bytes.
    public let model: String
    /// Which one of that name, by the rules of `model`.
    public let tag: String
    /// How the host is spoken to; not part of the identity of a stored model.
    public let scheme: String

    public static let defaultHost = "registry.ollama.ai"
    public static let defaultNamespace = "library"
    public static let defaultTag = "latest"
    public static let defaultScheme = "https"

    /// The parts of a name, by the words that error messages use.
    public enum Part: String, Sendable, CaseIterable {
        case host
        case namespace
        case model = "model part"
        case tag
    }

    /// - Throws: `ManifestError.invalidName` that says which part is wrong and why.
    public init(
        host: String = defaultHost, namespace: String = defaultNamespace, model: String, tag: String = defaultTag,
        scheme: String = defaultScheme
    ) throws(ManifestError) {
        (self.host, self.namespace, self.model, self.tag, self.scheme) = (host, namespace, model, tag, scheme)
        for (part, text) in [(Part.host, host), (.namespace, namespace), (.model, model), (.tag, tag)] {
            guard let problem = part.problem(with: text) else { continue }
            throw .invalidName("\(host)/\(namespace)/\(model):\(tag)", part: part, problem: problem)
        }
    }

    /// The name of the manifest at `<host>/<namespace>/<model>/<tag>` under the store's `manifests`.
    public init(pathComponents: [String]) throws(ManifestError) {
        guard pathComponents.count == 4 else {
            let path = pathComponents.joined(separator: "/")
            throw .invalidName(path, part: .model, problem: "lies \(pathComponents.count) folders deep instead of 4")
        }
        try self.init(
            host: pathComponents[0], namespace: pathComponents[1], model: pathComponents[2], tag: pathComponents[3])
    }

    /// Host, namespace, model, tag: the path of the manifest under the store's `manifests`.
    public var pathComponents: [String] { [host, namespace, model, tag] }

    /// Whether both mean the same stored model: equal but for the case of ASCII letters.
    public func matches(_ other: ModelName) -> Bool { folded == other.folded }

    /// The same for every spelling of one model: lower case, without the scheme.
    public var folded: String { "\(host)/\(namespace)/\(model):\(tag)".lowercased() }
}

extension ModelName: CustomStringConvertible {
    /// All parts: `registry.ollama.ai/library/llama3:latest`.
    public var description: String { "\(host)/\(namespace)/\(model):\(tag)" }

    /// The shortest text that names the model and still shows its tag: `llama3:latest`, `me/llama3:8b`, `hf.co/me/llama3:Q4_K_M`.
    public var shortest: String {
        if host.lowercased() != Self.defaultHost { return description }
        if namespace.lowercased() != Self.defaultNamespace { return "\(namespace)/\(model):\(tag)" }
        return "\(model):\(tag)"
    }
}
