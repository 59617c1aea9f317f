import Diagnostics
import Testing

@Suite struct InvalidTemplateTests {
    @Test func `the place inside the template is pointed at`() {
        expect(
            "FROM x\nTEMPLATE \"\"\"line\n{{ .Prompt }} {{ «frob» .Response }}\n\"\"\"\n", .invalidTemplate,
            ["the template does not parse: function \"frob\" not defined"])
    }

    @Test func `the functions of Ollama are there`() {
        expectNothing("FROM x\nTEMPLATE {{ currentDate }}{{ json .Tools }}{{ .Prompt }}{{ .Response }}\n", .invalidTemplate)
    }

    @Test func `a renderer makes the template useless and its mistakes harmless`() {
        expectNothing("FROM x\nRENDERER qwen3\nTEMPLATE {{ if }}\n", .invalidTemplate)
    }

    @Test func `a block that is never closed is pointed at where it begins`() {
        expect(
            "FROM x\nTEMPLATE \"\"\"{{ range .Messages }}\n«{{- if .Role }}»a{{ else }}{{ if .Content }}b{{ end }}{{ .Content }}\"\"\"\n",
            .invalidTemplate, ["the template does not parse: '{{- if .Role }}' has no {{ end }}"])
    }

    @Test func `an action is pointed at as a whole where all of it is wrong`() {
        expect(
            "FROM x\nTEMPLATE \"\"\"a «{{ end }}»{{ .Prompt }}\"\"\"\n", .invalidTemplate,
            ["the template does not parse: unexpected {{end}}"])
        expect(
            "FROM x\nTEMPLATE \"\"\"{{ .System }}«{{ .Prompt» \"\"\"\n", .invalidTemplate,
            ["the template does not parse: unclosed action"])
        expect(
            "FROM x\nTEMPLATE \"{{ .Prompt }}«{{ }}»\"\n", .invalidTemplate,
            ["the template does not parse: missing value for command"])
    }

    @Test func `a template in Jinja is told as such`() {
        expect(
            "FROM x\nTEMPLATE \"\"\"«{% for m in messages %}»{{ m.content }}{% endfor %}\"\"\"\n", .invalidTemplate,
            ["the template is written in Jinja, and TEMPLATE wants the language of Go's text/template"])
    }

    @Test func `misspelt functions are mended`() {
        expect(
            "FROM x\nTEMPLATE {{ «jsn» .Tools }}{{ .Prompt }}\n", .invalidTemplate,
            ["the template does not parse: there is no function 'jsn', did you mean 'json'?"],
            mended: "FROM x\nTEMPLATE {{ json .Tools }}{{ .Prompt }}\n")
    }
}
