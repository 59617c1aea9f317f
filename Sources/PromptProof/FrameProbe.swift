import ChatPrompt
import JSONText

/// Asks a Jinja template for prompts of made-up conversations and cuts them at the words that were put in.
struct FrameProbe {
    let template: JinjaChatTemplate
    /// What the template writes in front of every prompt and the tokenizer adds by itself.
    let strippedBeginning: String

    /// Words that no template writes and none treats in a special way.
    enum Word {
        static let system = "Qvern system words"
        static let user = "Qvern first question"
        static let answer = "Qvern first answer"
        static let second = "Qvern second question"
        static let secondAnswer = "Qvern second answer"
        static let late = "Qvern late words"
        static let thought = "Qvern inner thought"
        static let place = "Qvernplace"
        static let result = "Qvern tool result"
    }

    static func user(_ text: String = Word.user) -> ChatMessage { ChatMessage(role: "user", content: text) }
    static func system(_ text: String = Word.system) -> ChatMessage { ChatMessage(role: "system", content: text) }
    static func assistant(_ text: String = Word.answer, thinking: String = "", calls: [ToolCall] = []) -> ChatMessage {
        ChatMessage(role: "assistant", content: text, thinking: thinking, toolCalls: calls)
    }

    func prompt(
        _ messages: [ChatMessage], tools: [ToolDefinition] = [], think: ThinkSetting = .unset, open: Bool = true
    ) -> String? {
        guard let trace = try? template.trace(messages, tools: tools, think: think, addsGenerationPrompt: open) else { return nil }
        return trace.text.dropping(prefix: strippedBeginning) ?? trace.text
    }

    /// The texts between, before and after `words`, which have to come in this order.
    func parts(
        _ messages: [ChatMessage], at words: [String], tools: [ToolDefinition] = [], think: ThinkSetting = .unset, open: Bool = true
    ) -> [String]? {
        prompt(messages, tools: tools, think: think, open: open)?.cut(at: words)
    }
}

extension String {
    /// Compared byte for byte, as templates write them.
    func dropping(prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
    }

    func dropping(suffix: String) -> String? {
        let count = utf8.count - suffix.utf8.count
        guard count >= 0, utf8.dropFirst(count).elementsEqual(suffix.utf8) else { return nil }
        return String(decoding: utf8.prefix(count), as: UTF8.self)
    }

    /// The texts before, between and after `words`; nil where one is missing or out of order.
    func cut(at words: [String]) -> [String]? {
        var parts: [String] = []
        var rest = Array(utf8)[...]
        for word in words {
            guard let place = rest.firstRange(of: Array(word.utf8)) else { return nil }
            parts.append(String(decoding: rest[..<place.lowerBound], as: UTF8.self))
            rest = rest[place.upperBound...]
        }
        return parts + [String(decoding: rest, as: UTF8.self)]
    }
}
