public import JSONText

/// What a Modelfile puts around the weights, as plain values.
public struct PackageContents: Sendable, Hashable {
    /// Go template text; nil or empty keeps the base's.
    public var template: String?
    /// Nil or empty keeps the base's.
    public var system: String?
    /// Added to the base's, one layer each.
    public var licenses: [String]
    /// By name, as JSON values: whole numbers, fractions by their shortest text, booleans, `stop` as an array of strings.
    public var parameters: JSONObject
    /// Replace the base's, if there are any.
    public var messages: [Message]
    /// Empty keeps the base's; so for the next two.
    public var renderer: String
    public var parser: String
    /// A version without a leading `v`.
    public var requires: String

    /// A turn of the example conversation.
    public struct Message: Sendable, Hashable {
        public let role: String
        public let content: String

        public init(role: String, content: String) { (self.role, self.content) = (role, content) }
    }

    public init(
        template: String? = nil, system: String? = nil, licenses: [String] = [], parameters: JSONObject = JSONObject(),
        messages: [Message] = [], renderer: String = "", parser: String = "", requires: String = ""
    ) {
        (self.template, self.system, self.licenses, self.parameters) = (template, system, licenses, parameters)
        (self.messages, self.renderer, self.parser, self.requires) = (messages, renderer, parser, requires)
    }
}

/// The bytes of the layers that hold JSON.
enum LayerText {
    /// A params layer: keys sorted, Go's escapes and numbers, a line break at the end.
    static func parameters(_ parameters: JSONObject) -> [UInt8] {
        JSONValue.object(parameters).normalized.bytes(.goSorted) + [UInt8(ascii: "\n")]
    }

    /// A messages layer.
    static func messages(_ messages: [PackageContents.Message]) -> [UInt8] {
        let turns = messages.map { message -> JSONValue in
            .object(JSONObject([("role", .string(message.role)), ("content", .string(message.content))]))
        }
        return JSONValue.array(turns).bytes(.go) + [UInt8(ascii: "\n")]
    }
}

extension JSONValue {
    /// The same value with its numbers as Go's encoder writes them. Whole numbers keep every digit, where Ollama would round those
    /// past 2^53.
    fileprivate var normalized: JSONValue {
        switch self {
        case .number(let number):
            if let whole = Int(number.text) { return .number(JSONNumber(whole)) }
            return number.double.isFinite ? .number(JSONNumber(number.double)) : self
        case .array(let elements): return .array(elements.map(\.normalized))
        case .object(let members): return .object(JSONObject(members.map { ($0.key, $0.value.normalized) }))
        default: return self
        }
    }
}
