import PromptProof
import Testing

@Suite struct TemplateRouteTests {
    private func choices(_ subject: PromptSubject, setting: Bool? = nil) -> [String: TemplateRoute.Choice] {
        let routes = TemplateRouter(subject, today: { 0 }).routes(goTemplateSetting: setting)
        return Dictionary(uniqueKeysWithValues: routes.map { ($0.runtime, $0.choice) })
    }

    private func subject(template: String?, reference: String?) -> PromptSubject {
        var subject = PromptSubject(name: "test")
        (subject.template, subject.reference) = (template, reference)
        return subject
    }

    private static let plainGo = "{{ range .Messages }}{{ .Content }}{{ end }}"
    private static let toolJinja =
        "{% for m in messages %}{{ m.tool_calls }}{% if m.role == 'tool' %}{{ tools }} tool_response{% endif %}{% endfor %}"

    @Test func `a TEMPLATE beats an embedded template that shows no more`() {
        let choices = choices(subject(template: Self.plainGo, reference: "{{ messages }}"))
        #expect(choices["Ollama 0.30 and later"] == .goTemplate)
        #expect(choices["Ollama before 0.30"] == .goTemplate)
        #expect(choices["Docker Model Runner"] == .jinja(variant: nil))
        #expect(choices["Quern"] == .goTemplate)
    }

    @Test func `an embedded template that shows more capabilities is preferred by current Ollama only`() {
        let choices = choices(subject(template: Self.plainGo, reference: Self.toolJinja))
        #expect(choices["Ollama 0.30 and later"] == .jinja(variant: nil))
        #expect(choices["Ollama before 0.30"] == .goTemplate)
    }

    @Test func `OLLAMA_GO_TEMPLATE settles it`() {
        let both = subject(template: Self.plainGo, reference: Self.toolJinja)
        #expect(choices(both, setting: true)["Ollama 0.30 and later"] == .goTemplate)
        #expect(choices(both, setting: false)["Ollama 0.30 and later"] == .jinja(variant: nil))
        #expect(choices(subject(template: Self.plainGo, reference: nil), setting: false)["Ollama 0.30 and later"] == .bare)
    }

    @Test func `a RENDERER beats every template`() {
        var subject = subject(template: Self.plainGo, reference: Self.toolJinja)
        subject.renderer = "qwen3-coder"
        #expect(choices(subject)["Ollama 0.30 and later"] == .renderer("qwen3-coder"))
    }

    @Test func `a PARSER alone keeps the embedded template off`() {
        var subject = subject(template: Self.plainGo, reference: Self.toolJinja)
        subject.parser = "qwen3"
        #expect(choices(subject)["Ollama 0.30 and later"] == .goTemplate)
    }

    @Test func `without any template the prompt goes as it is`() {
        let choices = choices(subject(template: nil, reference: nil))
        #expect(choices["Ollama 0.30 and later"] == .bare)
        #expect(choices["Docker Model Runner"] == .builtIn("chatml"))
    }

    @Test func `llama.cpp takes the variant for tools when tools are offered`() {
        var subject = subject(template: nil, reference: "{{ messages }}")
        subject.variants = ["tool_use": Self.toolJinja]
        let routes = TemplateRouter(subject, today: { 0 }).routes()
        #expect(routes.contains { $0.choice == .jinja(variant: "tool_use") && $0.runtime.hasSuffix("tools offered") })
    }

    @Test func `weights without TEMPLATE get a named one from Ollama, not from Quern`() {
        let chatml =
            "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
        var subject = subject(template: nil, reference: chatml)
        #expect(choices(subject)["Ollama before 0.30"] == .goTemplate)
        #expect(choices(subject)["Quern"] == .jinja(variant: nil))
        subject.isPackage = true
        #expect(choices(subject)["Ollama before 0.30"] == .bare)
    }
}
