import Diagnostics
import Testing

@Suite struct IgnoredSystemTests {
    @Test func `a system prompt without a place in the template`() {
        expect(
            "FROM x\n«SYSTEM» Be brief.\nTEMPLATE {{ .Prompt }}{{ .Response }}\n", .ignoredSystem,
            ["the template has neither .System nor .Messages, so this text never reaches the model"])
    }

    @Test(arguments: [
        "FROM x\nSYSTEM Be brief.\n", "FROM x\nSYSTEM \"\"\nTEMPLATE {{ .Prompt }}\n",
        "FROM x\nSYSTEM Be brief.\nTEMPLATE {{ .System }}{{ .Prompt }}\n",
        "FROM x\nSYSTEM Be brief.\nTEMPLATE {{ range .Messages }}{{ .Content }}{{ end }}\n",
    ])
    func `system prompts that are seen or not there`(text: String) { expectNothing(text, .ignoredSystem) }
}
