import Diagnostics
import Testing

@Suite struct UnknownTemplateNameTests {
    @Test func `misspelt names are mended`() {
        expect(
            "FROM x\nTEMPLATE {{ .«system» }} {{ .«Promt» }} {{ $.«Message» }}\n", .unknownTemplateName,
            [
                "no template is given '.system', did you mean '.System'?", "no template is given '.Promt', did you mean '.Prompt'?",
                "no template is given '.Message', did you mean '.Messages'?",
            ], mended: "FROM x\nTEMPLATE {{ .System }} {{ .Prompt }} {{ $.Messages }}\n")
    }

    @Test func `what is no longer given is said to be empty`() {
        expect(
            "FROM x\nTEMPLATE {{ if .«First» }}{{ .System }}{{ end }}{{ .Prompt }}\n", .unknownTemplateName,
            ["'.First' no longer exists and is always empty"])
    }

    @Test func `names of messages and tools are known, and those inside a tool are its own`() {
        expectNothing(
            """
            FROM x
            TEMPLATE \"\"\"{{ range $i, $m := .Messages }}{{ $m.Role }}{{ .Content }}{{ range .ToolCalls }}{{ .Function.Name }}
            {{ .Function.Arguments.city }}{{ end }}{{ end }}{{ range .Tools }}{{ .Function.Parameters.Properties.anything }}{{ end }}\"\"\"

            """, .unknownTemplateName)
    }
}
