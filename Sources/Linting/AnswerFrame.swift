import ChatPrompt
import GoTemplate
import JSONText

/// What a template writes round an answer, found out by rendering conversations with marks in them.
///
/// Where the prompt for a question is the beginning of the same conversation with its answer, the rest is what a model would have
/// to generate: everything before the marked text begins an answer, what follows it ends the turn.
struct AnswerFrame {
    /// Text that no template contains.
    private static let mark = "\u{E000}answer\u{E001}"

    /// What follows an answer, up to the next question.
    let ending: String
    /// What begins a plain answer, one with thinking before it, and one that calls a tool; nil where the template has no such thing.
    let beginnings: [(kind: Kind, text: String)]

    enum Kind: Sendable {
        case answer, thinking, toolCall
    }

    /// - Returns: nil where the template fails on a plain conversation, or does not end a prompt where its answer begins.
    init?(_ source: String) {
        guard let template = try? ChatTemplate(source, today: { 0 }, limits: TemplateLimits.default) else { return nil }
        let answer = ChatMessage(role: "assistant", content: Self.mark)
        guard let plain = Self.rest(template, answer), let place = plain.firstRange(of: Self.mark) else { return nil }
        ending = String(plain[place.upperBound...].prefix { $0 != "\u{E002}" })
        var found = [(Kind.answer, String(plain[..<place.lowerBound]))]
        if template.capabilities.contains(.thinking) {
            var thinking = answer
            thinking.thinking = "thought"
            if let text = Self.rest(template, thinking), let place = text.firstRange(of: Self.mark) {
                found.append((.thinking, String(text[..<place.lowerBound])))
            }
        }
        if template.capabilities.contains(.tools) {
            let arguments = JSONObject([("argument", .string(Self.mark))])
            let call = ChatMessage(role: "assistant", content: "", toolCalls: [ToolCall(name: "tool", arguments: arguments)])
            if let text = Self.rest(template, call), let place = text.firstRange(of: Self.mark) {
                found.append((.toolCall, String(text[..<place.lowerBound])))
            }
        }
        beginnings = found
    }

    /// What the template writes behind the prompt for a question when the answer is there.
    private static func rest(_ template: ChatTemplate, _ answer: ChatMessage) -> Substring? {
        let question = ChatMessage(role: "user", content: "question")
        let next = ChatMessage(role: "user", content: "\u{E002}")
        guard let prompt = try? template.render([question]), let whole = try? template.render([question, answer, next]),
            whole.hasPrefix(prompt)
        else { return nil }
        return whole[whole.index(whole.startIndex, offsetBy: prompt.count)...]
    }
}
