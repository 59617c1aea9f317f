import Diagnostics
import Linting
import ModelfileSyntax
import Testing

@Suite struct TemplateWithoutResponseTests {
    private let message = "the template has no .Response; earlier answers of a conversation are put at its end"

    @Test func `the answer has no place of its own`() {
        expect("FROM x\n«TEMPLATE» [INST] {{ .Prompt }} [/INST]\n", .templateWithoutResponse, [message])
    }

    @Test func `the token that will be missing is named`() {
        let text = "FROM x\nTEMPLATE \"\"\"<|im_start|>user\n{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n\"\"\"\n"
        let found = Linter().check(ModelfileSyntaxTree(parsing: SourceText(text)))
        #expect(
            found.map { $0.notes.map(\.message) } == [
                ["no '<|im_end|>' then follows an answer; end the template with {{ .Response }}<|im_end|>"]
            ])
        #expect(found.map(\.severity) == [.note])
    }

    @Test(arguments: ["{{ .Prompt }}{{ .Response }}", "{{ range .Messages }}{{ .Content }}{{ end }}"])
    func `one of two is enough`(template: String) { expectNothing("FROM x\nTEMPLATE \(template)\n", .templateWithoutResponse) }
}
