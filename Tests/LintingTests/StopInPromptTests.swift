import Diagnostics
import Testing

@Suite struct StopInPromptTests {
    private let template = """
        TEMPLATE \"\"\"{{ range .Messages }}<|im_start|>{{ .Role }}
        {{ if .Thinking }}<think>{{ .Thinking }}</think>
        {{ end }}{{ if .ToolCalls }}{{ range .ToolCalls }}<tool_call>{{ .Function.Name }} {{ .Function.Arguments }}</tool_call>
        {{ end }}{{ else }}{{ .Content }}{{ end }}<|im_end|>
        {{ end }}{{ if .Tools }}{{ end }}<|im_start|>assistant
        \"\"\"
        """

    @Test func `stop texts inside of what an answer is made of`() {
        expect(
            "FROM x\n\(template)\nPARAMETER stop «</think>»\nPARAMETER stop «<tool_call>»\n", .stopInPrompt,
            [
                "the template has this text between thinking and answer, so generation ends before the answer",
                "the template has this text in tool calls, so no call is ever complete",
            ])
    }

    @Test func `an answer that begins with the stop text`() {
        let template =
            "TEMPLATE \"{{ range .Messages }}<{{ .Role }}>{{ if eq .Role \"assistant\" }}ANSWER: {{ end }}{{ .Content }}</s>{{ end }}<assistant>\""
        expect(
            "FROM x\n\(template)\nPARAMETER stop «ANSWER»\n", .stopInPrompt,
            ["the template lets every answer begin with this text, so every answer ends at once"])
    }

    @Test func `stop texts that any answer has`() {
        expect(
            "FROM x\nPARAMETER stop «\" \"»\nPARAMETER stop «e»\n", .stopInPrompt,
            Array(repeating: "nearly every answer has this text, and ends there", count: 2))
    }

    @Test(arguments: ["<|im_end|>", "<|im_start|>", "</tool_call>", "\"\n\n\"", "###", "User:"])
    func `what ends a turn or begins the next one may be a stop text`(stop: String) {
        expectNothing("FROM x\n\(template)\nPARAMETER stop \(stop)\n", .stopInPrompt)
    }
}
