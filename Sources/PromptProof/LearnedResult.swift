import ChatPrompt
import JSONText

/// What a template writes round the result of a tool.
struct LearnedResult: Equatable {
    var before: String
    /// Between two results that follow one another.
    var between: String
    var after: String

    private typealias Word = FrameProbe.Word

    /// Nil where results leave no trace, or no clear one.
    init?(_ probe: FrameProbe, _ frames: LearnedFrames) {
        let call = ToolCall(id: "call00001", name: "qvern_one", arguments: [:])
        let start = [FrameProbe.user(), FrameProbe.assistant(calls: [call])]
        let first = ChatMessage(role: "tool", content: Word.result, toolName: "qvern_one", toolCallID: "call00001")
        var second = first
        second.content = Word.second
        guard let answered = probe.prompt(start, open: false),
            let one = probe.prompt(start + [first], open: false)?.dropping(prefix: answered)?.cut(at: [Word.result])
        else { return nil }
        (before, after) = (one[0], one[1])
        let both = probe.prompt(start + [first, second], open: false)?.dropping(prefix: answered)?.cut(at: [
            Word.result, Word.second,
        ])
        between = both?[1] ?? after + before
    }
}
