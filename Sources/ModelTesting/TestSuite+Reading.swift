import ChatPrompt
public import Diagnostics
import JSONText
import YAMLText

extension TestSuite {
    /// Reads a test file. Nil where it says nothing that could be run; whatever is wrong is told.
    ///
    /// - Parameter schema: the JSON text of a schema that the file names by its path; nil where there is none.
    public static func read(
        _ source: SourceText, schema: @escaping (String) -> String?
    ) -> (suite: TestSuite?, diagnostics: [Diagnostic]) {
        let (node, problems) = YAMLDocument.parse(source)
        guard let node else { return (nil, problems) }
        var reading = SuiteReading(source: source, schema: schema)
        let suite = reading.suite(node)
        let diagnostics = problems + reading.reader.diagnostics
        return (diagnostics.containsErrors ? nil : suite, diagnostics)
    }
}

/// Takes the parts of a test file apart.
struct SuiteReading {
    private static let suiteKeys = ["model", "target", "args", "quantize", "options", "system", "tools", "tests"]
    private static let caseKeys = ["name", "prompt", "system", "messages", "tools", "think", "options", "expect"]

    let source: SourceText
    let schema: (String) -> String?
    var reader = YAMLReader()
    /// Of the whole file: what each test begins with.
    private var options = JSONObject([("temperature", .number(JSONNumber(0))), ("seed", .number(JSONNumber(0)))])
    private var system: String?
    private var tools: [ToolDefinition] = []

    init(source: SourceText, schema: @escaping (String) -> String?) { (self.source, self.schema) = (source, schema) }

    mutating func suite(_ node: YAMLNode) -> TestSuite {
        var suite = TestSuite()
        let members = reader.members(of: node, known: Self.suiteKeys, what: "a test file")
        suite.model = members["model"].flatMap { reader.string($0, "model") }
        suite.target = members["target"].flatMap { reader.string($0, "target") }
        for member in members["args"]?.members ?? [] {
            if let value = reader.string(member.value, "args") { suite.arguments[member.key.text ?? ""] = value }
        }
        suite.quantization = members["quantize"].flatMap { reader.string($0, "quantize") }
        if let node = members["options"] { overlay(node) { $0.options[$1] = $2 } }
        system = members["system"].flatMap { reader.string($0, "system") }
        tools = members["tools"].map { tools($0) } ?? []
        guard let tests = members["tests"] else {
            reader.report(.invalidSetting, "a test file wants tests", at: node.range)
            return suite
        }
        for (index, test) in reader.list(tests).enumerated() { suite.cases.append(testCase(test, number: index + 1)) }
        return suite
    }

    private mutating func overlay(_ node: YAMLNode, _ set: (inout SuiteReading, String, JSONValue) -> Void) {
        guard let members = node.members else {
            if !node.isNull { reader.wrong(node, "options", wanted: "a mapping of parameters to values") }
            return
        }
        for member in members { set(&self, member.key.text ?? "", member.value.json) }
    }

    private mutating func testCase(_ node: YAMLNode, number: Int) -> TestCase {
        let members = reader.members(of: node, known: Self.caseKeys, what: "a test")
        let name = members["name"].flatMap { reader.string($0, "name") } ?? "test \(number)"
        var test = TestCase(name: name, line: source.line(at: node.range.lowerBound))
        test.options = options
        if let node = members["options"] {
            var own = JSONObject()
            overlay(node) { own[$1] = $2 }
            for (key, value) in own { test.options[key] = value }
        }
        if let system = members["system"].flatMap({ reader.string($0, "system") }) ?? system {
            test.messages.append(ChatMessage(role: "system", content: system))
        }
        if let node = members["messages"] { test.messages += messages(node) }
        if let prompt = members["prompt"].flatMap({ reader.string($0, "prompt") }) {
            test.messages.append(ChatMessage(role: "user", content: prompt))
        }
        if members["messages"] == nil, members["prompt"] == nil {
            reader.report(.invalidSetting, "a test wants messages, or a prompt", at: node.range)
        }
        test.tools = members["tools"].map { tools($0) } ?? tools
        test.think = members["think"].flatMap { think($0) } ?? .unset
        test.expectations = members["expect"].map { expectations($0) } ?? []
        if test.expectations.isEmpty, members["expect"]?.members?.isEmpty ?? true {
            reader.report(.invalidSetting, "a test wants something under expect", at: node.range)
        }
        return test
    }

    // MARK: Conversations

    /// Each message is `role: text`, or a mapping as the chat API has it.
    private mutating func messages(_ node: YAMLNode) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        for element in reader.list(node) {
            if let members = element.members, members.count == 1, let role = members[0].key.text,
                ["system", "user", "assistant", "tool"].contains(role)
            {
                if let text = reader.string(members[0].value, role) { messages.append(ChatMessage(role: role, content: text)) }
                continue
            }
            do {
                _ = reader.members(
                    of: element,
                    known: ["role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"], what: "a message")
                messages.append(try ChatMessage(element.json))
                if messages[messages.count - 1].role.isEmpty {
                    reader.report(.invalidSetting, "a message wants a role", at: element.range)
                }
            } catch {
                reader.report(.invalidSetting, "\(error)", at: element.range)
            }
        }
        return messages
    }

    private mutating func tools(_ node: YAMLNode) -> [ToolDefinition] {
        var tools: [ToolDefinition] = []
        for element in reader.list(node) {
            do {
                // A function by itself is enough: `{name, description, parameters}`.
                let json =
                    element["function"] == nil ? JSONValue.object(["type": "function", "function": element.json]) : element.json
                let tool = try ToolDefinition(json)
                if tool.name.isEmpty { reader.report(.invalidSetting, "a tool wants a name", at: element.range) }
                tools.append(tool)
            } catch {
                reader.report(.invalidSetting, "\(error)", at: element.range)
            }
        }
        return tools
    }

    private mutating func think(_ node: YAMLNode) -> ThinkSetting? {
        if let isOn = node.bool { return isOn ? .on : .off }
        return reader.word(node, "think", of: ["true", "false", "low", "medium", "high", "max"]).map { .level($0) }
    }
}

extension YAMLNode {
    /// The node as JSON; plain scalars become numbers, truth values and null where they look like it.
    var json: JSONValue {
        switch content {
        case .scalar(let text, _):
            if isNull { return .null }
            if let bool { return .bool(bool) }
            if let int { return .number(JSONNumber(int)) }
            if let double { return .number(JSONNumber(double)) }
            return .string(text)
        case .sequence(let elements): return .array(elements.map(\.json))
        case .mapping(let members): return .object(JSONObject(members.map { ($0.key.text ?? "", $0.value.json) }))
        }
    }
}
