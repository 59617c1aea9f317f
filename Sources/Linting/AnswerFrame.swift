import ChatPrompt
import GoTemplate
import JSONText

/// What a template writes round an answer, found out by rendering conversations with marks in them.
///
/// Where the prompt for a question is the beginning of the same conversation with its answer, the rest is what a model would have
/// to generate: everything before the marked text begins an answer, what follows it ends the turn.
struct AnswerFrame {
    /// Texts that no template contains: the answer, and the question after it.
    private static let mark = "\u{E000}answer\u{E001}"
    private static let nextMark = "\u{E002}"

    /// What follows an answer, up to the next question.
    let ending: String
    /// What begins a plain answer, one with thinking before it, and one that calls a tool; nil where the template has no such thing.
    let beginnings: [(kind: Kind, text: String)]

    enum Kind: Sendable {
        case answer, thinking, toolCall
    }

    /// Nil where the template fails on a plain conversation, or does not end a prompt where its answer begins.
    init?(_ parsed: ParsedTemplate) {
        let template = ChatTemplate(parsed)
        let answer = ChatMessage(role: "assistant", content: Self.mark)
        guard let plain = Self.rest(template, answer) else { return nil }
        ending = plain.after
        var found = [(Kind.answer, plain.before)]
        if template.capabilities.contains(.thinking) {
            var thinking = answer
            thinking.thinking = "thought"
            if let rest = Self.rest(template, thinking) { found.append((.thinking, rest.before)) }
        }
        if template.capabilities.contains(.tools) {
            let arguments = JSONObject([("argument", .string(Self.mark))])
            let call = ChatMessage(role: "assistant", content: "", toolCalls: [ToolCall(name: "tool", arguments: arguments)])
            if let rest = Self.rest(template, call) { found.append((.toolCall, rest.before)) }
        }
        beginnings = found
    }

    /// What the template writes behind the prompt for a question when the answer is there: up to the mark, and from there to the
    /// next question.
    private static func rest(_ template: ChatTemplate, _ answer: ChatMessage) -> (before: String, after: String)? {
        let question = ChatMessage(role: "user", content: "question")
        let next = ChatMessage(role: "user", content: Self.nextMark)
        guard let prompt = try? template.render([question]), let whole = try? template.render([question, answer, next]),
            whole.utf8.starts(with: prompt.utf8)
        else { return nil }
        let rest = String(decoding: whole.utf8.dropFirst(prompt.utf8.count), as: UTF8.self)
        guard let place = rest.byteOffset(of: Self.mark) else { return nil }
        let after = String(decoding: rest.utf8.dropFirst(place + Self.mark.utf8.count), as: UTF8.self)
        let end = after.byteOffset(of: Self.nextMark) ?? after.utf8.count
        return (
            String(decoding: rest.utf8.prefix(place), as: UTF8.self), String(decoding: after.utf8.prefix(end), as: UTF8.self)
        )
    }
}
