import ChatPrompt
import Foundation
import JSONText
import TestSupport
import Testing

/// The sample's TEMPLATE against what its checkpoint's Jinja renders.
@Suite("Samples/chat/Modelfile")
struct SampleModelfileTests {
    static let templateSource: String = {
        let url = SharedData.packageRoot.appendingPathComponent("Samples/chat/Modelfile")
        let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        let parts = text.components(separatedBy: "\"\"\"")
        return parts.count == 3 ? parts[1] : ""
    }()

    static func template() throws -> ChatTemplate { try ChatTemplate(templateSource, today: { 0 }) }

    @Test func `the template shows that the model thinks and calls tools`() throws {
        let template = try Self.template()
        #expect(template.capabilities == [.tools, .thinking])
        #expect(template.thinkingTags == .standard)
        #expect(template.toolCallTag == "<tool_call>")
    }

    /// `EXPECTED.json` as transformers wrote it, and conversations that the fixture's script made up.
    @Test(arguments: ["Samples/chat/EXPECTED.json", "Tests/Fixtures/ChatPrompt/sample-conversations.json"])
    func `every recorded conversation renders to exactly its prompt`(_ path: String) throws {
        let template = try Self.template()
        let bytes = [UInt8](try Data(contentsOf: SharedData.packageRoot.appendingPathComponent(path)))
        let cases = try JSONValue(parsing: bytes).array ?? []
        #expect(cases.count >= 28)
        for entry in cases {
            let messages = try (entry["messages"]?.array ?? []).map { try ChatMessage($0) }
            let tools = try (entry["tools"]?.array ?? []).map { try ToolDefinition($0) }
            let enabled = (entry["options"]?["enable_thinking"] ?? entry["enable_thinking"])?.bool
            let think: ThinkSetting = enabled.map { $0 ? .on : .off } ?? .unset
            let prompt = try template.render(messages, tools: tools, think: think)
            #expect(prompt == entry["prompt"]?.string)
        }
    }
}
