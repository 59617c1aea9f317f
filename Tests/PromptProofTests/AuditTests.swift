import JSONText
import PromptProof
import Testing

@Suite struct AuditTests {
    private func ids(_ verification: PromptVerification) -> [String] {
        verification.audit.filter { $0.severity == .error }.map(\.id)
    }

    @Test func `a model in order has no errors`() throws {
        #expect(ids(try ProofModel.verify(stops: ["<|im_end|>"])) == [])
    }

    @Test func `a turn that ends where nothing stops is an error`() throws {
        let verification = try ProofModel.verify(
            go: ProofModel.go.replacing("<|im_end|>", with: "<END>"), jinja: ProofModel.jinja.replacing("<|im_end|>", with: "<END>")
        )
        #expect(ids(verification) == ["turn-without-stop", "turn-without-stop"])
    }

    @Test func `a stop of another family is an error`() throws {
        let verification = try ProofModel.verify(stops: ["<|eot_id|>"])
        #expect(ids(verification) == ["stray-stop"])
        #expect(verification.hasErrors)
    }

    @Test func `a stop inside a tool call is an error`() throws {
        let verification = try ProofModel.verify(
            jinja: ProofModel.jinja.replacing("{{ call.function.name }}", with: "{{ call.function }}"), stops: ["<tool_call>"])
        #expect(ids(verification).contains("stop-inside-reply"))
    }

    @Test func `a stop that closes calls and one that is a word are warnings`() throws {
        let audit = try ProofModel.verify(
            jinja: ProofModel.jinja.replacing("{{ call.function.name }}", with: "{{ call.function }}"),
            stops: ["</tool_call>", "user", "<|im_end|>"]
        ).audit
        #expect(audit.filter { $0.severity == .warning }.map(\.id).sorted() == ["stop-behind-call", "word-stop"])
    }

    @Test func `an end in generation_config that the weights do not know is an error`() throws {
        var subject = ProofModel.subject()
        subject.generationConfig = ["eos_token_id": [2, 5]]
        #expect(ids(try PromptVerification(subject)) == ["eos-not-a-stop"])
    }

    @Test func `an end in tokenizer_config that the weights do not know is an error`() throws {
        var subject = ProofModel.subject()
        subject.tokenizerConfig = ["eos_token": ["content": "<tool_call>"]]
        #expect(ids(try PromptVerification(subject)) == ["eos-not-a-stop"])
    }

    @Test func `tools that the TEMPLATE does not know are a lost capability`() throws {
        let verification = try ProofModel.verify(go: "{{ range .Messages }}{{ .Content }}{{ end }}")
        #expect(verification.audit.contains { $0.id == "capability-lost" && $0.title.contains("tools") })
    }
}
