import ChatPrompt
import GoTemplate

/// How Ollama guesses, from the text of templates, what they can do and which to run (`server/images.go`, version 0.30 and later).
public struct OllamaHeuristics: Sendable {
    private let jinja: String?
    private let goSource: String
    private let goMentions: Set<String>
    let goCapabilities: Set<ChatTemplate.Capability>
    let jinjaCapabilities: Set<ChatTemplate.Capability>

    init(go: ChatTemplate?, jinja: String?) {
        self.jinja = jinja
        goSource = go?.template.source ?? ""
        goMentions = Set(["tools", "toolcalls"].filter { go?.template.mentions($0) ?? false })
        goCapabilities = go?.capabilities ?? []
        jinjaCapabilities = jinja.map(Self.capabilities) ?? []
    }

    static func capabilities(of jinja: String) -> Set<ChatTemplate.Capability> {
        var capabilities: Set<ChatTemplate.Capability> = []
        if knowsTools(jinja) { capabilities.insert(.tools) }
        let splits = jinja.contains("content.split('</think>')") || jinja.contains("content.split(\"</think>\")")
        let hasTags = jinja.contains("<think>") && jinja.contains("</think>")
        if hasTags || (splits && !jinja.contains("reasoning_content") && !jinja.contains("<SPECIAL_12>")) {
            capabilities.insert(.thinking)
        }
        return capabilities
    }

    private static func knowsTools(_ jinja: String) -> Bool { jinja.contains("tools") || jinja.contains("tool_call") }

    /// The template writes calls in the history and their results.
    private static func hasRoundTrip(_ jinja: String) -> Bool {
        let results = [
            "tool_response", "tool_results", "role'] == 'tool'", "role'] == \"tool\"", "role\"] == 'tool'", "role\"] == \"tool\"",
            "message.role == 'tool'", "message.role == \"tool\"", "ipython",
        ]
        return knowsTools(jinja) && (jinja.contains("tool_calls") || jinja.contains("assistant_tool_call"))
            && results.contains { jinja.contains($0) }
    }

    private var goHasRoundTrip: Bool {
        goMentions.count == 2
            && ["eq .Role \"tool\"", "tool_response", "TOOL_RESULTS"].contains { goSource.contains($0) }
    }

    /// Whether the embedded template is preferred to the TEMPLATE, and why.
    var preference: (prefersJinja: Bool, reason: String) {
        guard let jinja else { return (false, "the weights bring no template of their own") }
        let (own, embedded) = (Self.list(goCapabilities), Self.list(jinjaCapabilities))
        // Ollama counts; it does not look which they are.
        if jinjaCapabilities.count > goCapabilities.count {
            if goHasRoundTrip, !Self.hasRoundTrip(jinja) {
                return (
                    false,
                    "the embedded template shows more (\(embedded)) than the TEMPLATE (\(own)), but only the TEMPLATE writes calls and results"
                )
            }
            return (true, "the embedded template shows more (\(embedded)) than the TEMPLATE (\(own))")
        }
        if goCapabilities == jinjaCapabilities, goCapabilities.contains(.tools), Self.hasRoundTrip(jinja), !goHasRoundTrip {
            return (true, "both show \(own), but only the embedded template writes calls and results")
        }
        return (false, "the TEMPLATE comes first, and the embedded template does not show more (\(embedded) against \(own))")
    }

    private static func list(_ capabilities: Set<ChatTemplate.Capability>) -> String {
        let names = ChatTemplate.Capability.allCases.filter(capabilities.contains).map(\.rawValue)
        return names.isEmpty ? "nothing" : names.joined(separator: " and ")
    }
}
