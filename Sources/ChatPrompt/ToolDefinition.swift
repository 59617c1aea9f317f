public import JSONText

/// A function that the model may call.
///
/// Ollama reads tools into structs and drops what they have no field for (`additionalProperties`, `default`, `pattern`, …); a Go
/// template sees only what is left. The JSON as it was given is kept beside that, for templates of other kinds.
public struct ToolDefinition: Sendable, Equatable {
    /// As it was given.
    public let json: JSONValue
    public let name: String
    /// Nearly always `function`.
    let type: String
    let items: JSONValue
    let description: String
    let parameters: Parameters

    struct Parameters: Sendable, Equatable {
        let type: String
        let definitions: JSONValue
        let items: JSONValue
        /// Nil where the schema has none, which is not the same as an empty list.
        let required: [String]?
        let properties: [NamedProperty]?
    }

    struct NamedProperty: Sendable, Equatable {
        let name: String
        let property: Property
    }

    /// One parameter's schema.
    struct Property: Sendable, Equatable {
        let anyOf: [Property]
        /// One name, or several where the schema allows several.
        let types: [String]
        let items: JSONValue
        let description: String
        let choices: [JSONValue]
        let properties: [NamedProperty]?
        let required: [String]?
    }

    /// `{"type": "function", "function": {"name", "description", "parameters": {…}}}`
    public init(_ json: JSONValue, path: String = "tool") throws(ChatPromptError) {
        self.json = json
        let reader = try JSONFieldReader(json, path: path)
        let function = try reader.fields("function")
        let parameters = try function.fields("parameters")
        type = try reader.string("type")
        items = reader.value("items")
        name = try function.string("name")
        description = try function.string("description")
        self.parameters = Parameters(
            type: try parameters.string("type"), definitions: parameters.value("$defs"), items: parameters.value("items"),
            required: try parameters.strings("required"), properties: try Self.properties(parameters))
    }

    /// How deep a property's own properties are followed.
    private static let depthLimit = 64

    private static func properties(_ reader: JSONFieldReader, depth: Int = 0) throws(ChatPromptError) -> [NamedProperty]? {
        guard reader.has("properties") else { return nil }
        var properties: [NamedProperty] = []
        for (name, value, path) in try reader.members("properties") {
            properties.append(NamedProperty(name: name, property: try property(value, path: path, depth: depth)))
        }
        return properties
    }

    private static func property(_ json: JSONValue, path: String, depth: Int) throws(ChatPromptError) -> Property {
        if depth >= depthLimit {
            throw ChatPromptError.shape(path: path, found: "a schema nested \(depth) deep", wanted: "at most \(depthLimit)")
        }
        let reader = try JSONFieldReader(json, path: path)
        var anyOf: [Property] = []
        for (value, path) in try reader.elements("anyOf") { anyOf.append(try property(value, path: path, depth: depth + 1)) }
        return Property(
            anyOf: anyOf, types: try types(reader), items: reader.value("items"), description: try reader.string("description"),
            choices: try reader.array("enum"), properties: try properties(reader, depth: depth + 1),
            required: try reader.strings("required"))
    }

    private static func types(_ reader: JSONFieldReader) throws(ChatPromptError) -> [String] {
        if case .string(let name) = reader.value("type") { return [name] }
        return try reader.strings("type") ?? []
    }
}
