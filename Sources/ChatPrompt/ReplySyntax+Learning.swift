internal import JSONText

/// Signs learned from what a template writes for made-up replies.
///
/// The template is asked for a reply with a thought, a text and two calls, and its answer is cut at the words that were put in:
/// what stands between the text and the first call opens calls, what stands between the calls and behind the last one tells
/// whether each has signs of its own.
extension ReplySyntax {
    enum Probe {
        static let answer = "Qvernanswer"
        static let thought = "Qvernthought"
        static let question = ChatMessage(role: "user", content: "Qvernquestion")
        static let names = ["qvern_first", "qvern_second"]

        static let tools: [ToolDefinition] = names.compactMap { name in
            try? ToolDefinition([
                "type": "function",
                "function": [
                    "name": .string(name), "description": "d",
                    "parameters": [
                        "type": "object", "properties": ["qvernkey": ["type": "string", "description": "d"]],
                        "required": ["qvernkey"],
                    ],
                ],
            ])
        }

        static func calls(_ count: Int) -> [ToolCall] {
            names.prefix(count).enumerated().map { index, name in
                ToolCall(id: "qvernid0\(index)", index: index, name: name, arguments: ["qvernkey": .string("Qvernvalue\(index)")])
            }
        }
    }

    /// What `template` writes behind the question for one message of the assistant; nil where it refuses.
    typealias Renderer = (_ message: ChatMessage) -> String?

    /// The signs that the template's text tells, and those that it shows when it writes replies.
    ///
    /// - Parameter opening: what the template writes behind the question where the model is to answer.
    static func learned(source: String, opening: String?, reply: Renderer) -> ReplySyntax {
        var syntax = mentioned(in: source)
        guard syntax.headers == nil else { return syntax }
        let plain = reply(ChatMessage(role: "assistant", content: Probe.answer))
        if let opening, let before = plain?.cut(at: Probe.answer)?.before { syntax.beginsWithBlank = before == opening + " " }
        if syntax.thinking.isEmpty, let tags = learnedThinking(reply) { syntax.thinking = [tags] }
        if let signs = learnedCalls(reply), !syntax.calls.contains(where: { $0.opening == signs.opening }) {
            syntax.calls.insert(signs, at: 0)
        }
        let speaksOfTools = source.contains("tools") || source.contains("functions")
        if speaksOfTools, !syntax.calls.contains(bareJSON) { syntax.calls.append(bareJSON) }
        return syntax
    }

    private static func learnedThinking(_ reply: Renderer) -> ThinkingTags? {
        let message = ChatMessage(role: "assistant", content: Probe.answer, thinking: Probe.thought)
        let plain = ChatMessage(role: "assistant", content: Probe.answer)
        guard let text = reply(message), let bare = reply(plain), let header = bare.cut(at: Probe.answer)?.before,
            let (before, rest) = text.cut(at: Probe.thought), let between = rest.cut(at: Probe.answer)?.before
        else { return nil }
        let opening = String(before.dropFirst(header.commonPrefix(with: before).count)).trimmingBlanks
        let closing = between.trimmingBlanks
        guard !opening.isEmpty, !closing.isEmpty, opening.utf8.count < 64, closing.utf8.count < 64 else { return nil }
        return ThinkingTags(opening: opening, closing: closing)
    }

    private static func learnedCalls(_ reply: Renderer) -> CallSigns? {
        let plain = reply(ChatMessage(role: "assistant", content: Probe.answer))
        let turnEnd = plain?.cut(at: Probe.answer)?.after ?? ""
        let withText = ChatMessage(role: "assistant", content: Probe.answer, toolCalls: Probe.calls(1))
        guard let one = reply(withText), let front = one.cut(at: Probe.answer)?.after,
            let (before, behindName) = front.cut(at: Probe.names[0]), let behind = behindName.cut(at: "Qvernvalue0")?.after,
            var opening = sign(before), behind.hasSuffix(turnEnd)
        else { return nil }
        var closing = closingSign(String(behind.dropLast(turnEnd.count)))
        // With two calls: signs round all of them, or round each.
        let two = ChatMessage(role: "assistant", content: Probe.answer, toolCalls: Probe.calls(2))
        if let text = reply(two), let rest = text.cut(at: "Qvernvalue0")?.after, let between = rest.cut(at: Probe.names[1])?.before
        {
            let shared = between.commonSuffix(with: before)
            let outer = String(before.dropLast(shared.count))
            if let outer = sign(outer), !outer.isEmpty {
                opening = outer
                let inner = between.commonPrefix(with: behind)
                closing = closingSign(String(behind.dropLast(turnEnd.count).dropFirst(inner.count)))
            }
        }
        if closing.isEmpty { return CallSigns(opening: opening, end: .brackets) }
        return CallSigns(opening, closing)
    }

    /// The text in front of a call up to its own brackets, tags and name; nil where nothing is left.
    private static func sign(_ text: String) -> String? {
        let trimmed = text.trimmingBlanks
        // The first tag alone: what follows it belongs to the call.
        if trimmed.hasPrefix("<"), let end = trimmed.firstIndex(of: ">") { return String(trimmed[...end]) }
        let bare = String(trimmed.prefix { $0 != "{" && $0 != "\"" }).trimmingBlanks
        if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") { return String(bare[...end]) }
        return bare.isEmpty || bare == "[" ? nil : bare
    }

    /// The last tag behind the arguments; empty where nothing but brackets stands there.
    private static func closingSign(_ text: String) -> String {
        let trimmed = text.trimmingBlanks
        guard trimmed.hasSuffix(">"), let start = trimmed.lastIndex(of: "<") else { return "" }
        return String(trimmed[start...])
    }
}

extension String {
    /// The texts before and behind the first place of `word`.
    fileprivate func cut(at word: String) -> (before: String, after: String)? {
        guard let place = firstRange(of: word) else { return nil }
        return (String(self[..<place.lowerBound]), String(self[place.upperBound...]))
    }

    fileprivate func commonPrefix(with other: String) -> String {
        String(decoding: zip(utf8, other.utf8).prefix { $0 == $1 }.map(\.0), as: UTF8.self)
    }

    fileprivate func commonSuffix(with other: String) -> String {
        String(decoding: zip(utf8.reversed(), other.utf8.reversed()).prefix { $0 == $1 }.map(\.0).reversed(), as: UTF8.self)
    }
}
