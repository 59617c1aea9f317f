import Diagnostics
import JSONText
import YAMLText

/// What stands under `expect`.
extension SuiteReading {
    private static let keys = [
        "prompt", "tokens", "stops", "answer", "contains", "excludes", "matches", "schema", "thinking", "tool-call", "tool-calls",
        "error",
    ]

    mutating func expectations(_ node: YAMLNode) -> [Expectation] {
        let members = reader.members(of: node, known: Self.keys, what: "expect")
        // In the order in which things happen, whatever the order of the file.
        return Self.keys.compactMap { key in members[key].flatMap { expectation(key, $0) } }
    }

    private mutating func expectation(_ key: String, _ node: YAMLNode) -> Expectation? {
        switch key {
        case "prompt": return text(node, key).map { .prompt($0) }
        case "answer": return text(node, key).map { .answer($0) }
        case "thinking": return text(node, key).map { .thinking($0) }
        case "error": return reader.string(node, key).map { .error($0) }
        case "contains": return .contains(reader.strings(node, key))
        case "excludes": return .excludes(reader.strings(node, key))
        case "matches": return .matches(patterns(node))
        case "tokens": return tokens(node)
        case "stops": return stops(node)
        case "schema": return schemaExpectation(node)
        default: return calls(node)
        }
    }

    /// A text that may be empty.
    private mutating func text(_ node: YAMLNode, _ key: String) -> String? {
        if case .scalar(let text, _) = node.content { return text }
        reader.wrong(node, key, wanted: "a text")
        return nil
    }

    private mutating func tokens(_ node: YAMLNode) -> Expectation {
        .tokens(reader.list(node).compactMap { reader.int($0, "tokens", in: 0...(.max)) })
    }

    private mutating func stops(_ node: YAMLNode) -> Expectation? {
        if node.bool == true { return .stops(within: nil) }
        guard let limit = node.int, limit > 0 else {
            reader.wrong(node, "stops", wanted: "true or a number of tokens")
            return nil
        }
        return .stops(within: limit)
    }

    private mutating func patterns(_ node: YAMLNode) -> [String] {
        reader.list(node).compactMap { element in
            guard let text = reader.string(element, "matches") else { return nil }
            do {
                _ = try Regex(text)
                return text
            } catch {
                reader.report(.invalidSetting, "matches: '\(text)' is no regular expression: \(error)", at: element.range)
                return nil
            }
        }
    }

    /// A schema stands here, or the path of a file with one.
    private mutating func schemaExpectation(_ node: YAMLNode) -> Expectation? {
        var value = node.json
        if let path = value.string {
            guard let text = schema(path) else {
                reader.report(.invalidSetting, "schema: there is no file '\(path)'", at: node.range)
                return nil
            }
            do { value = try JSONValue(parsing: text) } catch {
                reader.report(.invalidSetting, "schema: '\(path)': \(error)", at: node.range)
                return nil
            }
        }
        do { _ = try JSONSchemaValidator(value) } catch {
            reader.report(.invalidSetting, "schema: \(error)", at: node.range)
            return nil
        }
        return .schema(value)
    }

    private mutating func calls(_ node: YAMLNode) -> Expectation {
        .toolCalls(
            reader.list(node).compactMap { element in
                // The name alone will do.
                if let name = element.text { return Expectation.ExpectedCall(name: name) }
                let members = reader.members(of: element, known: ["name", "arguments"], what: "a tool call")
                guard let name = members["name"].flatMap({ reader.string($0, "name") }) else {
                    reader.report(.invalidSetting, "a tool call wants a name", at: element.range)
                    return nil
                }
                return Expectation.ExpectedCall(name: name, arguments: members["arguments"]?.json.object)
            })
    }
}
