import PromptProof
import Testing

/// One mistake at a time, planted in a template that is right.
@Suite struct PlantedMistakeTests {
    private func report(replacing old: String, with new: String, addsBOS: Bool = false) throws -> ProofReport {
        let broken = ProofModel.go.replacing(old, with: new)
        try #require(broken != ProofModel.go, "nothing was replaced")
        let verification = try ProofModel.verify(go: broken, addsBOS: addsBOS)
        #expect(verification.hasErrors)
        return try #require(verification.comparison)
    }

    @Test func `the template without a mistake is proven`() throws {
        let report = try #require(try ProofModel.verify().comparison)
        #expect(report.isProven, "\(report.text(color: false))")
        #expect(report.comparesTokens)
        #expect(report.equalCount > 20)
    }

    @Test func `a missing newline is found, with its place in both templates`() throws {
        let report = try report(replacing: "<|im_start|>user\n{{ .Content }}", with: "<|im_start|>user{{ .Content }}")
        #expect(report.mistakes.first?.kind == .missingNewline)
        let mistake = try #require(report.mistakes.first)
        #expect(mistake.cases.count > 20)
        let text = report.text(color: false)
        #expect(text.contains("missing newline after '<|im_start|>user'"), "\(text)")
        let place = TemplateExcerpt(try #require(mistake.templateRange), in: report.templateSource)
        #expect(place.text.contains("<|im_start|>user{{ .Content }}"))
        let reference = TemplateExcerpt(try #require(mistake.referenceRange), in: report.referenceSource)
        #expect(reference.text.contains("<|im_start|>{{ message.role }}"))
    }

    @Test func `a swapped header is found`() throws {
        let report = try report(replacing: "<|im_start|>user", with: "<|im_start|>assistant")
        #expect(report.mistakes.first?.kind == .swappedHeader)
        #expect(report.text(color: false).contains("a role is announced as another: 'assistant' instead of 'user'"))
    }

    @Test func `a doubled beginning is found`() throws {
        let report = try report(replacing: "{{- if .Tools", with: "<s>{{- if .Tools", addsBOS: true)
        #expect(report.mistakes.first?.kind == .doubledBeginning)
        #expect(report.differentCount == report.results.count - report.skipped.count)
    }

    @Test func `a missing beginning is found`() throws {
        let verification = try ProofModel.verify(jinja: "{{ bos_token }}" + ProofModel.jinja)
        #expect(verification.comparison?.mistakes.first?.kind == .missingBeginning)
    }

    @Test func `a beginning that the tokenizer adds is not missed`() throws {
        let verification = try ProofModel.verify(jinja: "{{ bos_token }}" + ProofModel.jinja, addsBOS: true)
        #expect(verification.comparison?.isProven == true)
    }

    @Test func `a lost tool section is found`() throws {
        let report = try report(
            replacing: "{{ range .Tools }}{{ .Function.Name }}: {{ .Function.Description }}\n{{ end }}", with: "")
        #expect(report.mistakes.map(\.kind).contains(.lostTools), "\(report.text(color: false))")
    }

    @Test func `a lost tool call is found`() throws {
        let report = try report(
            replacing: "{{- range .ToolCalls }}<tool_call>{{ .Function.Name }}</tool_call>{{ end }}", with: "")
        #expect(report.mistakes.map(\.kind).contains(.lostCall), "\(report.text(color: false))")
    }

    @Test func `a lost system message is found`() throws {
        let report = try report(replacing: "<|im_start|>system\n{{ .Content }}<|im_end|>\n", with: "")
        #expect(report.mistakes.map(\.kind).contains(.missingSystem), "\(report.text(color: false))")
    }

    @Test func `a wrong end of turn is found`() throws {
        let report = try report(replacing: "user\n{{ .Content }}<|im_end|>", with: "user\n{{ .Content }}</s>")
        #expect(report.mistakes.first?.kind == .wrongEndOfTurn)
    }

    @Test func `a missing generation prompt is found`() throws {
        let report = try report(replacing: "\n{{- if ne $last.Role \"assistant\" }}<|im_start|>assistant\n{{ end }}", with: "")
        #expect(report.mistakes.first?.kind == .missingGenerationPrompt)
    }

    @Test func `two mistakes are told apart`() throws {
        let broken = ProofModel.go.replacing("<|im_start|>user\n", with: "<|im_start|>user").replacing(
            "<|im_start|>tool", with: "<|im_start|>user")
        let report = try #require(try ProofModel.verify(go: broken).comparison)
        #expect(Set(report.mistakes.map(\.kind)).isSuperset(of: [.missingNewline, .swappedHeader]), "\(report.text(color: false))")
    }

    @Test func `a template that fails is told with its place`() throws {
        let broken = ProofModel.go.replacing("{{ .Content }}<|im_end|>", with: "{{ slice .Content 1 9999 }}<|im_end|>")
        let report = try #require(try ProofModel.verify(go: broken).comparison)
        #expect(report.mistakes.first?.kind == .templateFails)
    }
}
