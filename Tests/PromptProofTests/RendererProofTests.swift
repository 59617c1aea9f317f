import ChatPrompt
import PromptProof
import Testing

/// A RENDERER is proven like a TEMPLATE.
@Suite struct RendererProofTests {
    private func verification(renderer: String, reference: String?) throws -> PromptVerification {
        var subject = PromptSubject(name: "m", metadata: ProofModel.metadata())
        (subject.renderer, subject.reference) = (renderer, reference)
        subject.template = "{{ .Prompt }}"
        return try PromptVerification(subject)
    }

    @Test func `a renderer that says what the model's own template says is proven`() throws {
        let own = try #require(NamedRenderer.source(named: "qwen3-coder"))
        let verification = try verification(renderer: "qwen3-coder", reference: own)
        #expect(verification.comparison?.isProven == true, "\(verification.text(color: false))")
        #expect(verification.notes.contains { $0.contains("nothing reads the TEMPLATE") })
    }

    @Test func `a renderer of another family is told as such, with its places and without advice to edit it`() throws {
        let verification = try verification(renderer: "qwen3-coder", reference: ProofModel.jinja)
        let text = verification.text(color: false)
        #expect(verification.hasErrors)
        #expect(text.contains("RENDERER, line") && text.contains("a RENDERER cannot be edited"))
        #expect(!text.contains("In a TEMPLATE"))
        #expect(verification.warning?.hasPrefix("RENDERER qwen3-coder differs") == true)
    }

    @Test func `a renderer that does not exist leaves the TEMPLATE to be compared`() throws {
        let verification = try verification(renderer: "nobody", reference: ProofModel.jinja)
        #expect(verification.notes.contains { $0.contains("'nobody' is unknown") })
        #expect(verification.comparison?.isOfRenderer == false)
    }

    @Test func `routes tell a known renderer from an unknown one`() {
        func choice(_ name: String, _ runtime: String) -> TemplateRoute.Choice? {
            var subject = PromptSubject(name: "m")
            (subject.renderer, subject.parser, subject.reference) = (name, "qwen3.5", ProofModel.jinja)
            return TemplateRouter(subject, today: { 0 }).routes().first { $0.runtime.hasPrefix(runtime) }?.choice
        }
        #expect(choice("qwen3.5", "Ollama 0.30") == .renderer("qwen3.5") && choice("qwen3.5", "Quern") == .renderer("qwen3.5"))
        #expect(choice("nobody", "Ollama 0.30") == .refused && choice("nobody", "Quern") == .jinja(variant: nil))
    }

    @Test func `without a vocabulary a TEMPLATE that begins with a special token is pointed out`() throws {
        var subject = PromptSubject(name: "m")
        (subject.template, subject.reference) = ("<s>" + ProofModel.go, ProofModel.jinja)
        let notes = try PromptVerification(subject).notes
        #expect(notes.contains { $0.contains("begins with '<s>'") }, "\(notes)")
    }
}
