public import JSONText

/// The plan as JSON: every member always present, in a fixed order, texts as they were written.
extension BuildPlan {
    public var json: JSONValue {
        [
            "sources": Self.array(sources),
            "adapters": Self.array(adapters),
            "drafts": Self.array(drafts),
            "template": Self.string(template?.value),
            "system": Self.string(system?.value),
            "parameters": .object(parameters.json),
            "messages": .array(
                messages.map { ["role": .string($0.value.role.rawValue), "content": .string($0.value.content)] }),
            "licenses": Self.array(licenses),
            "requires": Self.string(requires?.value),
            "renderer": Self.string(renderer?.value),
            "parser": Self.string(parser?.value),
            "quantization": Self.string(quantization),
            "draft_quantization": Self.string(draftQuantization),
        ]
    }

    private static func array(_ texts: [Written<String>]) -> JSONValue { .array(texts.map { .string($0.value) }) }
    private static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
