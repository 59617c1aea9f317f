import ChatPrompt
import GoTemplate
import ModelfilePlan
import ModelfileSyntax

/// A short conversation, and what a template makes of it.
enum TemplateSample {
    /// A template comes from anywhere, and hovering must not take long.
    private static let limits = TemplateLimits(steps: 200_000, outputBytes: 1 << 16)
    /// The most characters that are shown.
    private static let lengthLimit = 4000

    /// The prompt, or why there is none.
    static func render(
        _ template: String, _ messages: [ChatMessage], today: @escaping @Sendable () -> Int
    ) -> Result<String, ChatPromptError> {
        Result { () throws(ChatPromptError) in
            let text = try ChatTemplate(template, today: today, limits: limits).render(messages)
            return text.count > lengthLimit ? text.prefix(lengthLimit) + "…" : text
        }
    }

    /// The conversation that a Modelfile suggests: its system prompt and messages, and a question at the end.
    static func messages(for entries: [ModelfileEntry]) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        let system = entries.last { $0.instruction == .system }?.value ?? "You are a helpful assistant."
        if !system.isEmpty { messages.append(ChatMessage(role: "system", content: system)) }
        let written = entries.filter { $0.instruction == .message }.compactMap { entry in
            entry.argument.map { ChatMessage(role: $0.lowercased(), content: entry.value) }
        }
        messages += written.isEmpty ? sample : written
        if messages.last?.role != "user" { messages.append(ChatMessage(role: "user", content: "And at sunset?")) }
        return messages
    }

    private static let sample = [
        ChatMessage(role: "user", content: "Why is the sky blue?"),
        ChatMessage(role: "assistant", content: "Air scatters blue light most."),
    ]
}
