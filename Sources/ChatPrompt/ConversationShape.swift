internal import JSONText

/// Conversations as Ollama hands them to a Go template.
extension ChatMessage {
    /// The conversation with neighbours of one role joined by a blank line; results of tools stay apart.
    public static func joiningNeighbours(_ messages: [ChatMessage]) -> [ChatMessage] { collated(messages).messages }
}

extension ToolDefinition {
    /// The tool with its parameters' properties by name, as Go's maps are walked.
    public func sortingProperties() -> ToolDefinition {
        guard var object = json.object, var function = object["function"]?.object,
            var parameters = function["parameters"]?.object, let properties = parameters["properties"]?.object
        else { return self }
        parameters["properties"] = .object(properties.sorted())
        function["parameters"] = .object(parameters)
        object["function"] = .object(function)
        return (try? ToolDefinition(.object(object))) ?? self
    }
}
