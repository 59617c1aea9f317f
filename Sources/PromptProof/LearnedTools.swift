import ChatPrompt
import JSONText

/// How a template writes tools, calls and results, as far as it can be learned.
struct LearnedTools {
    /// What stands between the beginning of the prompt and the question, with tools and with or without a system message.
    struct Section: Equatable {
        /// In front of the system message; all that is in front of the tools where there is none.
        var beforeSystem = ""
        var beforeTools: String
        var between: String
        var afterTools: String
        /// The tools come before the system message.
        var toolsComeFirst = false
    }

    /// Which JSON stands for a tool.
    enum Spelling: CaseIterable {
        /// `{"type": "function", "function": {…}}`
        case whole
        /// `{"name": …, "description": …, "parameters": {…}}`
        case function
    }

    var spelling: Spelling
    var bare: Section
    var withSystem: Section?
    /// Round a call: before its name, between name and arguments, after them.
    var call: [String]?
    /// Between two calls of one answer, where it is not just one behind the other.
    var callSeparator = ""
    /// In front of the first call's name where the answer has words too.
    var callAfterText = ""

    private typealias Word = FrameProbe.Word

    init?(_ probe: FrameProbe, _ frames: LearnedFrames) {
        guard let first = Self.tool("qvern_one"), let second = Self.tool("qvern_two"), probe.template.capabilities.contains(.tools)
        else { return nil }
        for spelling in Spelling.allCases {
            let texts = [first, second].map { Self.text(of: $0, spelling) }
            guard let parts = probe.parts([FrameProbe.user()], at: texts + [Word.user], tools: [first, second]),
                let tail = Self.withoutHeader(parts[2], frames)
            else { continue }
            self.spelling = spelling
            bare = Section(beforeTools: parts[0], between: parts[1], afterTools: tail)
            withSystem = Self.sectionWithSystem(probe, texts, [first, second], frames)
            learnCalls(probe, frames, [first])
            return
        }
        return nil
    }

    /// The text behind the tools without the header of the first question, which is written with it.
    private static func withoutHeader(_ text: String, _ frames: LearnedFrames) -> String? {
        frames.firstHeaderIsInStart ? text : text.dropping(suffix: frames.user.before)
    }

    private static func sectionWithSystem(
        _ probe: FrameProbe, _ texts: [String], _ tools: [ToolDefinition], _ frames: LearnedFrames
    ) -> Section? {
        let messages = [FrameProbe.system(), FrameProbe.user()]
        if let parts = probe.parts(messages, at: [Word.system] + texts + [Word.user], tools: tools),
            let tail = withoutHeader(parts[3], frames)
        {
            return Section(beforeSystem: parts[0], beforeTools: parts[1], between: parts[2], afterTools: tail)
        }
        if let parts = probe.parts(messages, at: texts + [Word.system, Word.user], tools: tools),
            let tail = withoutHeader(parts[3], frames)
        {
            return Section(
                beforeSystem: parts[2], beforeTools: parts[0], between: parts[1], afterTools: tail, toolsComeFirst: true)
        }
        return nil
    }

    // MARK: - Calls

    private mutating func learnCalls(_ probe: FrameProbe, _ frames: LearnedFrames, _ tools: [ToolDefinition]) {
        let call = ToolCall(id: "call00001", name: "qvern_one", arguments: ["place": .string(Word.place)])
        let arguments = "{\"place\": \"\(Word.place)\"}"
        let messages = [FrameProbe.user(), FrameProbe.assistant("", calls: [call])]
        guard let parts = probe.parts(messages, at: [Word.user, "qvern_one", arguments], tools: tools, open: false),
            let header = parts[1].dropping(prefix: frames.user.after)?.dropping(prefix: frames.assistant.before)
        else { return }
        let end = Self.commonSuffix(parts[3], frames.assistant.after)
        self.call = [header, parts[2], parts[3].dropping(suffix: end) ?? parts[3]]
        callAfterText = header
        let talking = [FrameProbe.user(), FrameProbe.assistant(calls: [call])]
        if let parts = probe.parts(talking, at: [Word.user, Word.answer, "qvern_one", arguments], tools: tools, open: false) {
            callAfterText = parts[2]
        }
        learnSeparator(probe, call, arguments, tools)
    }

    private mutating func learnSeparator(
        _ probe: FrameProbe, _ call: ToolCall, _ arguments: String, _ tools: [ToolDefinition]
    ) {
        var second = call
        second.index = 1
        let both = [FrameProbe.user(), FrameProbe.assistant("", calls: [call, second])]
        let words = [Word.user, "qvern_one", arguments, "qvern_one", arguments]
        guard let frame = self.call, let parts = probe.parts(both, at: words, tools: tools, open: false),
            let between = parts[3].dropping(prefix: frame[2])?.dropping(suffix: frame[0])
        else { return }
        callSeparator = between
    }

    private static func commonSuffix(_ text: String, _ other: String) -> String {
        let count = zip(text.utf8.reversed(), other.utf8.reversed()).prefix { $0 == $1 }.count
        return String(decoding: text.utf8.suffix(count), as: UTF8.self)
    }

    // MARK: - The tool that is looked for

    private static func tool(_ name: String) -> ToolDefinition? {
        try? ToolDefinition([
            "type": "function",
            "function": [
                "name": .string(name), "description": "Qvern description",
                "parameters": [
                    "type": "object", "properties": ["place": ["type": "string", "description": "Qvern place"]],
                    "required": ["place"],
                ],
            ],
        ])
    }

    private static func text(of tool: ToolDefinition, _ spelling: Spelling) -> String {
        let parameters =
            "{\"type\": \"object\", \"properties\": {\"place\": {\"type\": \"string\", \"description\": \"Qvern place\"}}, \"required\": [\"place\"]}"
        let function = "{\"name\": \"\(tool.name)\", \"description\": \"Qvern description\", \"parameters\": \(parameters)}"
        return spelling == .whole ? "{\"type\": \"function\", \"function\": \(function)}" : function
    }
}
