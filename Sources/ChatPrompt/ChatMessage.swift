public import JSONText

/// One turn of a conversation.
public struct ChatMessage: Sendable, Equatable {
    /// `system`, `user`, `assistant` or `tool`; templates may know others.
    public var role: String
    public var content: String
    /// What the model thought before it answered.
    public var thinking: String
    /// How many pictures (or sounds) go with the message; their data lies elsewhere.
    public var imageCount: Int
    public var toolCalls: [ToolCall]
    /// Of a tool's result: the tool.
    public var toolName: String
    /// Of a tool's result: the call it answers.
    public var toolCallID: String

    public init(
        role: String, content: String, thinking: String = "", imageCount: Int = 0, toolCalls: [ToolCall] = [],
        toolName: String = "", toolCallID: String = ""
    ) {
        self.role = role
        self.content = content
        self.thinking = thinking
        self.imageCount = imageCount
        self.toolCalls = toolCalls
        self.toolName = toolName
        self.toolCallID = toolCallID
    }
}

extension ChatMessage {
    /// A message of the chat API: `{"role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"}`.
    ///
    /// What is missing or null is empty; other members are ignored; the role is lower-cased.
    public init(_ json: JSONValue, path: String = "message") throws(ChatPromptError) {
        let reader = try JSONFieldReader(json, path: path)
        self.init(
            role: try reader.string("role").lowercased(), content: try reader.string("content"),
            thinking: try reader.string("thinking"), imageCount: try reader.array("images").count,
            toolName: try reader.string("tool_name"), toolCallID: try reader.string("tool_call_id"))
        for (index, call) in try reader.array("tool_calls").enumerated() {
            toolCalls.append(try ToolCall(call, path: "\(path).tool_calls[\(index)]"))
        }
    }
}

/// A function that the model wants called.
public struct ToolCall: Sendable, Equatable {
    public var id: String
    /// The call's place among those of one reply, from 0.
    public var index: Int
    public var name: String
    /// In the order that they were written in.
    public var arguments: JSONObject

    public init(id: String = "", index: Int = 0, name: String, arguments: JSONObject) {
        self.id = id
        self.index = index
        self.name = name
        self.arguments = arguments
    }

    /// `{"id", "function": {"index", "name", "arguments": {…}}}`
    public init(_ json: JSONValue, path: String = "tool_call") throws(ChatPromptError) {
        let reader = try JSONFieldReader(json, path: path)
        let function = try reader.fields("function")
        self.init(
            id: try reader.string("id"), index: try function.int("index"), name: try function.string("name"),
            arguments: try function.object("arguments"))
    }
}

/// Reads members of a JSON object as Go's json.Unmarshal reads a struct: missing and null are the zero value, the wrong kind is
/// an error.
struct JSONFieldReader {
    private let object: JSONObject
    private let path: String

    init(_ json: JSONValue, path: String) throws(ChatPromptError) {
        self.path = path
        switch json {
        case .object(let object): self.object = object
        case .null: object = JSONObject()
        default: throw ChatPromptError.shape(path: path, found: json.kind, wanted: "an object")
        }
    }

    private func member(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    private func wrong(_ key: String, _ value: JSONValue, _ wanted: String) -> ChatPromptError {
        .shape(path: "\(path).\(key)", found: value.kind, wanted: wanted)
    }

    func has(_ key: String) -> Bool { member(key) != nil }

    func string(_ key: String) throws(ChatPromptError) -> String {
        guard let value = member(key) else { return "" }
        guard let string = value.string else { throw wrong(key, value, "a string") }
        return string
    }

    func int(_ key: String) throws(ChatPromptError) -> Int {
        guard let value = member(key) else { return 0 }
        guard let int = value.int else { throw wrong(key, value, "a whole number") }
        return int
    }

    func array(_ key: String) throws(ChatPromptError) -> [JSONValue] {
        guard let value = member(key) else { return [] }
        guard let array = value.array else { throw wrong(key, value, "an array") }
        return array
    }

    func strings(_ key: String) throws(ChatPromptError) -> [String]? {
        guard has(key) else { return nil }
        var strings: [String] = []
        for element in try array(key) {
            guard let string = element.string else { throw wrong(key, element, "an array of strings") }
            strings.append(string)
        }
        return strings
    }

    func object(_ key: String) throws(ChatPromptError) -> JSONObject {
        guard let value = member(key) else { return JSONObject() }
        guard let object = value.object else { throw wrong(key, value, "an object") }
        return object
    }

    func fields(_ key: String) throws(ChatPromptError) -> JSONFieldReader {
        try JSONFieldReader(object[key] ?? .null, path: "\(path).\(key)")
    }

    func value(_ key: String) -> JSONValue { object[key] ?? .null }

    /// The members of an object member, each with its path.
    func members(_ key: String) throws(ChatPromptError) -> [(key: String, value: JSONValue, path: String)] {
        try object(key).map { ($0.key, $0.value, "\(path).\(key).\($0.key)") }
    }

    func elements(_ key: String) throws(ChatPromptError) -> [(value: JSONValue, path: String)] {
        try array(key).enumerated().map { ($1, "\(path).\(key)[\($0)]") }
    }
}
