import ChatPrompt
import TestSupport
import Testing

@Suite struct PromptTraceTests {
    private let question = [ChatMessage(role: "user", content: "Why?")]

    /// The text of the template that wrote each stretch of the prompt.
    private func sources(_ trace: PromptTrace, _ template: String) -> [String] {
        let bytes = Array(template.utf8)
        return trace.spans.map { String(decoding: bytes[$0.source], as: UTF8.self) }
    }

    @Test func `a Go template's text and actions are told apart`() throws {
        let source = "{{ range .Messages }}<{{ .Role }}>{{ .Content }}{{ end }}"
        let trace = try ChatTemplate(source, today: { 0 }).trace(question)
        #expect(trace.text == "<user>Why?")
        #expect(sources(trace, source) == ["<", "{{ .Role", ">", "{{ .Content"])
        #expect(trace.spans.map(\.isText) == [true, false, true, false])
    }

    @Test func `a Go template that runs turn by turn is traced through all its runs`() throws {
        let source = "[{{ .Prompt }}]{{ .Response }}"
        let messages = question + [ChatMessage(role: "assistant", content: "So."), ChatMessage(role: "user", content: "And?")]
        let trace = try ChatTemplate(source, today: { 0 }).trace(messages)
        #expect(trace.text == "[Why?]So.[And?]")
        #expect(trace.sourceOffset(at: 0) == 0 && trace.sourceOffset(at: 9) == 0)
    }

    @Test func `what a macro and a set block write points into them`() throws {
        let source =
            "{% macro turn(m) %}<{{ m.role }}>{{ m.content }}{% endmacro %}{% set end %}END{% endset %}{{ turn(messages[0]) }}{{ end }}"
        let template = try JinjaChatTemplate(source, bosToken: "", eosToken: "", now: { 0 })
        let trace = try template.trace(question, tools: [], think: .unset)
        #expect(trace.text == "<user>Why?END")
        #expect(sources(trace, source) == ["<", "m.role", ">", "m.content", "END"])
    }

    @Test func `a trace cut short keeps its places`() throws {
        let source = "{{ range .Messages }}<{{ .Role }}> text behind it{{ end }}"
        let trace = try ChatTemplate(source, today: { 0 }).trace(question).prefix(8)
        #expect(trace.text == "<user> t")
        #expect(trace.spans.last.map { $0.source.count } == 3)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `spans cover the prompts of real templates without gaps`() throws {
        let messages = [ChatMessage(role: "system", content: "Be brief.")] + question
        var traced = 0
        for url in try SharedData.files(in: "templates/jinja") {
            let source = try String(contentsOf: url, encoding: .utf8)
            let template = try JinjaChatTemplate(source, bosToken: "<s>", eosToken: "</s>", now: { 0 })
            guard let trace = try? template.trace(messages, tools: [], think: .unset) else { continue }
            #expect(trace.text == (try template.render(messages, tools: [], think: .unset)), "\(url.lastPathComponent)")
            #expect(trace.spans.first?.output.lowerBound ?? 0 == 0 && trace.spans.last?.output.upperBound == trace.bytes.count)
            #expect(zip(trace.spans, trace.spans.dropFirst()).allSatisfy { $0.output.upperBound == $1.output.lowerBound })
            #expect(trace.spans.allSatisfy { $0.source.upperBound <= source.utf8.count })
            traced += 1
        }
        #expect(traced > 20)
    }
}
