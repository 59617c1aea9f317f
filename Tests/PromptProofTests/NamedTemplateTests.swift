import ChatPrompt
import PromptProof
import TestSupport
import Testing

@Suite struct NamedTemplateTests {
    private static let chatml =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

    private func match(_ jinja: String) throws -> NamedTemplateMatch {
        NamedTemplateMatch(try JinjaChatTemplate(jinja, bosToken: "", eosToken: "", now: { 0 }))
    }

    @Test func `a template that is near and writes the same is found by both rules`() throws {
        let match = try match(Self.chatml)
        #expect(match.byDistance?.name == "chatml")
        #expect(match.byRendering == ["chatml"])
        #expect(match.differing == [])
    }

    @Test func `a template that is near and writes something else is told`() throws {
        let match = try match(Self.chatml.replacing("<|im_end|>", with: "<|end|>"))
        #expect(match.byDistance?.name == "chatml")
        #expect(match.byRendering == [])
        #expect(match.differing.contains("user"))
        #expect(match.text.contains("'chatml' differs in"))
    }

    @Test func `a template that is far and writes the same is found by rendering`() throws {
        let match = try match("{# " + String(repeating: "a long comment ", count: 60) + "#}" + Self.chatml)
        #expect(match.byDistance == nil)
        #expect(match.byRendering == ["chatml"])
    }
}
