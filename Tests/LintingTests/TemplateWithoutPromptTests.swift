import Diagnostics
import Testing

@Suite struct TemplateWithoutPromptTests {
    @Test func `the user's message has no place`() {
        expect(
            "FROM x\n«TEMPLATE» {{ .System }}\n", .templateWithoutPrompt,
            ["the template has neither .Prompt nor .Messages, so the model never sees what it is asked"])
    }

    @Test(arguments: ["{{ .Prompt }}", "{{ range .Messages }}{{ .Content }}{{ end }}"])
    func `one of two is enough`(template: String) { expectNothing("FROM x\nTEMPLATE \(template)\n", .templateWithoutPrompt) }
}
