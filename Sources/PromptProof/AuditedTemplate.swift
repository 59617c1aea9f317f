import ChatPrompt

/// A template as the audit asks it: what it writes after an answer, and what the model itself is to write.
struct AuditedTemplate {
    let label: String
    private let render: ([ChatMessage], [ToolDefinition], _ asksForAnswer: Bool) -> [UInt8]?

    static func all(_ prepared: PreparedSubject) -> [AuditedTemplate] {
        var all: [AuditedTemplate] = []
        if let renderer = prepared.renderer {
            all.append(
                AuditedTemplate(label: "the RENDERER") { messages, tools, asksForAnswer in
                    try? renderer.trace(messages, tools: tools, think: .unset, addsGenerationPrompt: asksForAnswer).bytes
                })
        } else if let template = prepared.template {
            all.append(
                AuditedTemplate(label: "the TEMPLATE") { messages, tools, _ in
                    try? template.trace(messages, tools: tools).bytes
                })
        }
        if let reference = prepared.reference {
            all.append(
                AuditedTemplate(label: "the model's own template") { messages, tools, asksForAnswer in
                    try? reference.trace(messages, tools: tools, think: .unset, addsGenerationPrompt: asksForAnswer).bytes
                })
        }
        return all
    }

    private static let question = ChatMessage(role: "user", content: "Name a colour.")
    private static let answer = ChatMessage(role: "assistant", content: "Green, like moss.")
    private static let second = ChatMessage(role: "user", content: "And a taste?")

    /// The bytes between an answer and the question that comes next.
    func textAfterAnswer() -> [UInt8]? {
        guard let prompt = render([Self.question, Self.answer, Self.second], [], true) else { return nil }
        let answer = Array(Self.answer.content.utf8)
        let second = Array(Self.second.content.utf8)
        guard let start = prompt.firstRange(of: answer)?.upperBound,
            let end = prompt[start...].firstRange(of: second)?.lowerBound
        else { return nil }
        return Array(prompt[start..<end])
    }

    /// What a model is to write, as the template shows it in the history.
    struct Reply {
        static let call = "a tool call"
        /// `a tool call`
        let what: String
        let text: String
        /// Behind the last thing that must not be cut off.
        let end: String.Index
    }

    func replies() -> [Reply] {
        guard let call = ProofBattery.cases.first(where: { $0.name == "call" }),
            let thought = ProofBattery.cases.first(where: { $0.name == "thinking-call" })
        else { return [] }
        return [
            reply(Reply.call, call, last: "Oslo"), reply("what the model thinks", thought, last: "I have to look it up."),
        ].compactMap { $0 }
    }

    private func reply(_ what: String, _ proofCase: ProofCase, last: String) -> Reply? {
        let before = Array(proofCase.messages.prefix(1))
        guard let prompt = render(before, proofCase.tools, true),
            let whole = render(Array(proofCase.messages.prefix(2)), proofCase.tools, false)
        else { return nil }
        let common = zip(prompt, whole).prefix { $0 == $1 }.count
        let text = String(decoding: whole[common...], as: UTF8.self)
        guard let end = text.firstRange(of: last)?.upperBound else { return nil }
        return Reply(what: what, text: text, end: end)
    }

    /// Prompts of the plain kind, to look for marks in.
    func sampleTexts() -> [String] {
        let names = ["system-two-turns", "call-answered", "thinking-call"]
        return ProofBattery.cases.filter { names.contains($0.name) }.compactMap { proofCase in
            render(proofCase.messages, proofCase.tools, true).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
