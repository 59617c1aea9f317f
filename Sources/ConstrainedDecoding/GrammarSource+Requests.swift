public import JSONText

/// What requests of the usual dialects ask an answer to be held to.
extension GrammarSource {
    /// Why a request's format or tools cannot be read.
    public enum RequestError: Error, Equatable, CustomStringConvertible {
        case malformed(field: String, wanted: String)
        case unknownTool(String)

        public var description: String {
            switch self {
            case .malformed(let field, let wanted): "invalid value for '\(field)', wanted \(wanted)"
            case .unknownTool(let name): "'tool_choice' names the tool '\(name)', which is not among 'tools'"
            }
        }
    }

    /// Ollama's `format`: `"json"`, a JSON Schema, or nothing (null and the empty string).
    public static func source(format: JSONValue?) throws(RequestError) -> GrammarSource? {
        switch format {
        case nil, .null?, .string("")?: return nil
        case .string("json")?: return .json
        case .object?: return .schema(format ?? .null)
        default: throw .malformed(field: "format", wanted: "\"json\" or a JSON Schema")
        }
    }

    /// OpenAI's `response_format`: `{"type": "text" | "json_object" | "json_schema", "json_schema": {"schema": …}}`; besides that
    /// `{"type": "grammar", "grammar": GBNF}`, as an extension.
    public static func source(responseFormat: JSONValue?) throws(RequestError) -> GrammarSource? {
        guard let responseFormat, !responseFormat.isNull else { return nil }
        switch responseFormat["type"]?.string {
        case "text": return nil
        case "json_object": return .json
        case "json_schema":
            // The schema lies beside its name; some clients send it without that wrapping.
            let wrapper = responseFormat["json_schema"]
            guard let schema = wrapper?["schema"] ?? responseFormat["schema"] ?? wrapper, schema.object != nil else {
                throw .malformed(field: "response_format.json_schema", wanted: "an object with a schema")
            }
            return .schema(schema)
        case "grammar":
            guard let text = responseFormat["grammar"]?.string else {
                throw .malformed(field: "response_format.grammar", wanted: "a text")
            }
            return .gbnf(text)
        default:
            throw .malformed(field: "response_format.type", wanted: "\"text\", \"json_object\", \"json_schema\" or \"grammar\"")
        }
    }

    /// The JSON Schema of one call of a tool, `{"name": …, "arguments": {…}}`, for requests that leave no way around a call.
    ///
    /// - Parameters:
    ///   - tools: OpenAI's and Ollama's `tools`: `[{"type": "function", "function": {"name", "parameters", "strict"}}]`.
    ///   - choice: `"auto"` and `"none"` hold the answer to nothing, `"required"` to a call of any tool,
    ///     `{"type": "function", "function": {"name": …}}` to a call of that one.
    ///   - argumentsKey: what the model's template calls the arguments.
    public static func source(
        tools: JSONValue?, choice: JSONValue?, argumentsKey: String = "arguments"
    ) throws(RequestError) -> GrammarSource? {
        guard let choice, !choice.isNull else { return nil }
        let wanted: String?
        switch choice {
        case .string("auto"), .string("none"): return nil
        case .string("required"): wanted = nil
        default:
            guard let name = choice["function"]?["name"]?.string else {
                throw .malformed(field: "tool_choice", wanted: "\"auto\", \"none\", \"required\" or a function's name")
            }
            wanted = name
        }
        guard let list = tools?.array, !list.isEmpty else { throw .malformed(field: "tools", wanted: "an array of tools") }
        var calls: [JSONValue] = []
        for (index, tool) in list.enumerated() {
            guard let function = tool["function"], let name = function["name"]?.string else {
                throw .malformed(field: "tools", wanted: "functions with names")
            }
            if wanted == nil || wanted == name { calls.append(schema(ofCall: name, function, argumentsKey, index)) }
        }
        if calls.isEmpty, let wanted { throw .unknownTool(wanted) }
        return .schema(calls.count == 1 ? calls[0] : ["anyOf": .array(calls)])
    }

    /// One tool's call. `strict` closes the arguments to names that the tool does not declare.
    private static func schema(ofCall name: String, _ function: JSONValue, _ argumentsKey: String, _ index: Int) -> JSONValue {
        var parameters = function["parameters"]?.object ?? ["type": "object"]
        if parameters["type"] == nil { parameters["type"] = "object" }
        if function["strict"] == .bool(true), parameters["additionalProperties"] == nil {
            parameters["additionalProperties"] = false
        }
        // References inside a tool's parameters begin at the parameters.
        if parameters["$id"] == nil { parameters["$id"] = .string("tool:\(index)") }
        return [
            "type": "object", "properties": .object(["name": ["const": .string(name)], argumentsKey: .object(parameters)]),
            "required": .array(["name", .string(argumentsKey)]), "additionalProperties": false,
        ]
    }
}
