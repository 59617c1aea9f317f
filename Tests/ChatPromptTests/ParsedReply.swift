import ChatPrompt
import JSONText

/// What a parser made of a reply, put together.
struct ParsedReply: Equatable, CustomStringConvertible {
    var thinking = ""
    var content = ""
    var calls: [ToolCall] = []

    init(thinking: String = "", content: String = "", calls: [ToolCall] = []) {
        (self.thinking, self.content, self.calls) = (thinking, content, calls)
    }

    init(_ parser: ReplyParser, _ pieces: [String]) {
        var parser = parser
        for event in pieces.flatMap({ parser.consume($0) }) + parser.finish() {
            switch event {
            case .thinking(let text): thinking += text
            case .content(let text): content += text
            case .toolCall(let call): calls.append(call)
            }
        }
    }

    /// Calls as their names and arguments in the order of the keys: not every family writes ids, and some sort.
    var callTexts: [String] {
        calls.map { "\($0.name)\(JSONValue.object($0.arguments.sorted()).text())" }
    }

    var description: String { "thinking \(thinking.debugDescription), content \(content.debugDescription), calls \(callTexts)" }
}

extension ReplyParser.Event {
    var isContent: Bool { if case .content = self { true } else { false } }
}
