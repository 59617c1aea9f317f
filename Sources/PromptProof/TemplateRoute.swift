public import ChatPrompt
import GGUF
public import JSONText

/// Which of a model's templates a program runs, and why.
public struct TemplateRoute: Sendable, Equatable {
    public enum Choice: Sendable, Equatable {
        /// Code of the program's own, by name.
        case renderer(String)
        case goTemplate
        /// The template inside the weights; the name of the variant where it is not the plain one.
        case jinja(variant: String?)
        /// A template that the program brings, by its name.
        case builtIn(String)
        /// The prompt goes to the model as it is.
        case bare
        /// The program does not run the model.
        case refused
    }

    public let runtime: String
    public let choice: Choice
    public let why: String
    /// What the program will say that the model can do, as far as templates decide it.
    public let capabilities: [ChatTemplate.Capability]

    init(_ runtime: String, _ choice: Choice, _ why: String, _ capabilities: Set<ChatTemplate.Capability> = []) {
        (self.runtime, self.choice, self.why) = (runtime, choice, why)
        self.capabilities = ChatTemplate.Capability.allCases.filter(capabilities.contains)
    }

    /// The choice in words.
    public var choiceText: String {
        switch choice {
        case .renderer(let name): "built-in renderer '\(name)'"
        case .goTemplate: "Go TEMPLATE"
        case .jinja(nil): "embedded Jinja (tokenizer.chat_template)"
        case .jinja(let variant?): "embedded Jinja (tokenizer.chat_template.\(variant))"
        case .builtIn(let name): "the program's own template '\(name)'"
        case .bare: "no template: {{ .Prompt }}"
        case .refused: "does not run"
        }
    }

    public var json: JSONValue {
        let kind: JSONValue
        var name: JSONValue = .null
        switch choice {
        case .renderer(let renderer): (kind, name) = ("renderer", .string(renderer))
        case .goTemplate: kind = "go"
        case .jinja(let variant):
            kind = "jinja"
            if let variant { name = .string(variant) }
        case .builtIn(let template): (kind, name) = ("builtin", .string(template))
        case .bare: kind = "none"
        case .refused: kind = "refused"
        }
        return [
            "runtime": .string(runtime), "uses": kind, "name": name, "why": .string(why),
            "capabilities": .array(capabilities.map { .string($0.rawValue) }),
        ]
    }
}

/// Finds the route of a model through each program.
public struct TemplateRouter: Sendable {
    let subject: PromptSubject
    /// The TEMPLATE, or the one that Ollama will attach.
    private let go: ChatTemplate?
    /// The name of a template that `ollama create` attaches by itself to weights without TEMPLATE.
    private let attached: String?
    private let goProblem: String?
    let heuristics: OllamaHeuristics

    /// - Parameter today: days since 1970, for templates that ask.
    public init(_ subject: PromptSubject, today: @escaping @Sendable () -> Int) {
        self.subject = subject
        var parsed: ChatTemplate?
        var problem: String?
        attached =
            subject.isPackage || subject.template != nil || !subject.renderer.isEmpty
            ? nil : subject.reference.flatMap { NamedTemplateMatch.nearest(to: $0)?.name }
        if let source = subject.template ?? attached.flatMap({ NamedTemplateMatch.source(named: $0) }) {
            do { parsed = try ChatTemplate(source, today: today) } catch { problem = error.description }
        }
        (go, goProblem) = (parsed, problem)
        heuristics = OllamaHeuristics(go: parsed, jinja: subject.reference)
    }

    /// - Parameter goTemplateSetting: the value of OLLAMA_GO_TEMPLATE; nil where it is not set.
    public func routes(goTemplateSetting: Bool? = nil) -> [TemplateRoute] {
        [ollama(goTemplateSetting), olderOllama()] + llamaCpp("llama.cpp (llama-server, llama-cli --jinja)")
            + [dockerModelRunner(), quern()]
    }

    // MARK: - Ollama

    private func ollama(_ setting: Bool?) -> TemplateRoute {
        let runtime = "Ollama 0.30 and later"
        if let fixed = namedOrHarmony(runtime) { return fixed }
        guard go != nil else {
            if let goProblem { return TemplateRoute(runtime, .refused, "the TEMPLATE does not parse: \(goProblem)") }
            if subject.reference != nil {
                return jinja(runtime, "the package has no TEMPLATE, and the weights bring a template")
            }
            return TemplateRoute(runtime, .bare, "there is neither a TEMPLATE nor a template inside the weights")
        }
        switch setting {
        case true?: return goRoute(runtime, "OLLAMA_GO_TEMPLATE is set, which prefers the TEMPLATE whatever it can")
        case false?:
            return subject.reference == nil
                ? TemplateRoute(runtime, .bare, "OLLAMA_GO_TEMPLATE=0 turns the TEMPLATE off, and the weights bring none")
                : jinja(runtime, "OLLAMA_GO_TEMPLATE=0 turns the TEMPLATE off")
        case nil: break
        }
        guard subject.reference != nil else { return goRoute(runtime, "the weights bring no template of their own") }
        let (prefersJinja, reason) = heuristics.preference
        return prefersJinja ? jinja(runtime, reason) : goRoute(runtime, reason)
    }

    private func olderOllama() -> TemplateRoute {
        let runtime = "Ollama before 0.30"
        if let fixed = namedOrHarmony(runtime) { return fixed }
        if go != nil { return goRoute(runtime, "these versions know Go templates only") }
        if let goProblem { return TemplateRoute(runtime, .refused, "the TEMPLATE does not parse: \(goProblem)") }
        return TemplateRoute(
            runtime, .bare,
            "these versions know Go templates only, and the package has none; 'quern template convert' may write one")
    }

    /// RENDERER and PARSER beat everything; gpt-oss has a way of its own.
    private func namedOrHarmony(_ runtime: String) -> TemplateRoute? {
        let capabilities = (go?.capabilities ?? []).union(ReplySyntax(parserNamed: subject.parser)?.capabilities ?? [])
        if !subject.renderer.isEmpty {
            if NamedRenderer.source(named: subject.renderer) == nil {
                return TemplateRoute(
                    runtime, .refused, "the package names the RENDERER '\(subject.renderer)', which does not exist")
            }
            return TemplateRoute(
                runtime, .renderer(subject.renderer), "the package names a RENDERER, which beats every template", capabilities)
        }
        if !subject.parser.isEmpty {
            return go == nil
                ? TemplateRoute(
                    runtime, .bare, "the package names a PARSER, which turns the embedded template off, and has no TEMPLATE")
                : TemplateRoute(
                    runtime, .goTemplate, "the package names the PARSER '\(subject.parser)', which turns the embedded template off",
                    capabilities)
        }
        let family = subject.metadata?.architecture ?? ""
        if let source = subject.template, ReplySyntax.speaksHarmony(family: family, template: source) {
            return TemplateRoute(
                runtime, .goTemplate, "the family is gpt-oss and the TEMPLATE speaks Harmony", capabilities.union([.thinking]))
        }
        return nil
    }

    private func goRoute(_ runtime: String, _ why: String) -> TemplateRoute {
        let origin = attached.map { "'ollama create' attaches its named template '\($0)' as TEMPLATE; " } ?? ""
        return TemplateRoute(runtime, .goTemplate, origin + why, go?.capabilities ?? [])
    }

    private func jinja(_ runtime: String, _ why: String) -> TemplateRoute {
        TemplateRoute(runtime, .jinja(variant: nil), why, heuristics.jinjaCapabilities)
    }

    // MARK: - The others

    private func llamaCpp(_ runtime: String) -> [TemplateRoute] {
        let lost = subject.template == nil ? "" : "; the TEMPLATE stays behind in the package"
        let variant = subject.variants["tool_use"]
        let capabilities = heuristics.jinjaCapabilities
        guard subject.reference != nil else {
            let choice: TemplateRoute.Choice = variant == nil ? .builtIn("chatml") : .jinja(variant: "tool_use")
            let why =
                variant == nil ? "the weights bring no template, and ChatML is what is left" : "it is the only one in the weights"
            return [TemplateRoute(runtime, choice, why + lost, variant == nil ? [] : [.tools])]
        }
        let plain = TemplateRoute(runtime, .jinja(variant: nil), "it runs the template inside the weights" + lost, capabilities)
        guard variant != nil else { return [plain] }
        return [
            plain,
            TemplateRoute(
                runtime + ", tools offered", .jinja(variant: "tool_use"), "a request with tools takes the variant for tools",
                capabilities.union([.tools])),
        ]
    }

    private func dockerModelRunner() -> TemplateRoute {
        let runtime = "Docker Model Runner"
        let route = llamaCpp(runtime)[0]
        let why =
            subject.reference == nil
            ? "it runs llama.cpp, and the weights bring no template (a package can carry one as a chat.template.jinja layer)"
            : "it runs llama.cpp, which takes the template inside the weights, unless the package carries a chat.template.jinja layer"
        return TemplateRoute(runtime, route.choice, why, Set(route.capabilities))
    }

    private func quern() -> TemplateRoute {
        let runtime = "Quern"
        if !subject.renderer.isEmpty {
            let capabilities = ReplySyntax(parserNamed: subject.parser)?.capabilities ?? []
            if let source = subject.rendererSource {
                return TemplateRoute(
                    runtime, .renderer(subject.renderer), "the package names a RENDERER, which beats every template",
                    capabilities.union(JinjaChatTemplate.capabilities(of: source)))
            }
            let why = "the package names the RENDERER '\(subject.renderer)', which does not exist"
            guard let reference = subject.reference else { return TemplateRoute(runtime, .refused, why) }
            return TemplateRoute(
                runtime, .jinja(variant: nil), why + "; the weights bring a template",
                capabilities.union(JinjaChatTemplate.capabilities(of: reference)))
        }
        if let goProblem { return TemplateRoute(runtime, .refused, "the TEMPLATE does not parse: \(goProblem)") }
        if let go, attached == nil {
            return TemplateRoute(runtime, .goTemplate, "a package's own TEMPLATE comes first", go.capabilities)
        }
        if let reference = subject.reference {
            return TemplateRoute(
                runtime, .jinja(variant: nil), "the package has no TEMPLATE, and the weights bring a template",
                JinjaChatTemplate.capabilities(of: reference))
        }
        return TemplateRoute(runtime, .bare, "there is neither a TEMPLATE nor a template inside the weights")
    }
}
