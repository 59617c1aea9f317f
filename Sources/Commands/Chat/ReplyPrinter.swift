import Bytes
import ChatPrompt
import Diagnostics
import JSONText

/// Prints an answer as it comes: thinking between its marks, then the answer itself.
struct ReplyPrinter {
    let hidesThinking: Bool
    private let isStyled = Console.allowsColour(.output)
    private let goesToTerminal = Console.isTerminal(.output)
    /// nil where lines may be as long as they are.
    private var wrapper: WordWrapper?
    private var isThinking = false
    private(set) var answer = ""
    private(set) var thinking = ""
    private(set) var toolCalls: [ToolCall] = []

    /// - Parameter wrapsWords: break lines between words where the answer goes to a terminal.
    init(hidesThinking: Bool, wrapsWords: Bool) {
        self.hidesThinking = hidesThinking
        if wrapsWords, goesToTerminal { wrapper = WordWrapper(width: Console.columns) }
    }

    mutating func print(_ event: ReplyParser.Event) throws {
        switch event {
        case .thinking(let text):
            thinking += text
            guard !hidesThinking else { return }
            if !isThinking { try Console.put(styled("Thinking...\n", "1;90")) }
            isThinking = true
            try Console.put(styled(wrapped(text), "90"))
        case .content(let text):
            try endThinking()
            answer += text
            try Console.put(wrapped(text))
        case .toolCall(let call):
            try endThinking()
            toolCalls.append(call)
            try Console.put(
                "  Model called a non-existent function '\(call.name)()' with arguments: \(JSONValue.object(call.arguments).text())\n"
            )
        }
    }

    mutating func finish() throws {
        try Console.put(wrapper?.finish() ?? "")
        try endThinking()
    }

    private mutating func endThinking() throws {
        guard isThinking else { return }
        isThinking = false
        try Console.put(styled(wrapper?.finish() ?? "", "90"))
        if wrapper != nil { wrapper = WordWrapper(width: Console.columns) }
        try Console.put(styled((thinking.hasSuffix("\n") ? "" : "\n") + "...done thinking.\n\n", "1;90"))
    }

    private mutating func wrapped(_ text: String) -> String {
        let shown = goesToTerminal ? Self.withoutControls(text) : text
        return wrapper?.feed(shown) ?? shown
    }

    /// A model may write anything; on a terminal, what would steer it is shown as pictures. Line breaks and tabs stay.
    private static func withoutControls(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.map { isControl($0) ? VisibleText.of(String($0)) : String($0) }.joined()
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }

    private func styled(_ text: String, _ code: String) -> String {
        isStyled && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
