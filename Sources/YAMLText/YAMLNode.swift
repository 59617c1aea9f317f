public import Diagnostics

/// A part of a YAML document, with the place where it stands.
public struct YAMLNode: Sendable, Hashable {
    public indirect enum Content: Sendable, Hashable {
        /// A text as it is after unquoting and unfolding. A plain one, without quotes, may also be a number, a truth value or null.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the order of the text; no key occurs twice.
        case mapping([Member])
    }

    /// A key and its value.
    public struct Member: Sendable, Hashable {
        public let key: YAMLNode
        public let value: YAMLNode
    }

    public let content: Content
    /// Of a scalar on one line, the scalar; of anything longer, its first line.
    public let range: SourceRange

    /// What the node is, in messages.
    public var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : bool != nil ? "a truth value" : double != nil ? "a number" : "a text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension YAMLNode {
    /// The text of a scalar, whatever else it may be.
    public var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
    public var elements: [YAMLNode]? { if case .sequence(let elements) = content { elements } else { nil } }
    public var members: [Member]? { if case .mapping(let members) = content { members } else { nil } }

    /// The value of a member.
    public subscript(key: String) -> YAMLNode? { members?.first { $0.key.text == key }?.value }

    private var plainText: String? { if case .scalar(let text, true) = content { text } else { nil } }

    // The core schema of YAML 1.2, which has no yes and no.
    public var isNull: Bool { plainText.map { ["", "~", "null", "Null", "NULL"].contains($0) } ?? false }

    public var bool: Bool? {
        switch plainText {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    public var int: Int? { plainText.flatMap { Int($0) } }

    public var double: Double? {
        guard let text = plainText, text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text)
    }
}
