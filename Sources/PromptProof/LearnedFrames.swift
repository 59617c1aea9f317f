import ChatPrompt

/// What a template writes round messages, as far as it can be learned from its prompts.
struct LearnedFrames {
    struct Frame: Equatable {
        var before: String
        var after: String
    }

    /// In front of everything, where no system message comes first.
    var start = ""
    /// Round the system message that comes first; nil where the template refuses or ignores one.
    var system: Frame?
    /// Round a system message between turns; nil where the template refuses or ignores one.
    var lateSystem: Frame?
    var user: Frame
    var assistant: Frame
    /// The first question has no header of its own: it is in `start` or `system`.
    var firstHeaderIsInStart = false
    var headerIsInSystem = false
    /// Where the answer begins, for each setting of thinking.
    var opening: [OpeningKind: String] = [:]
    /// Round what was thought; nil where the template does not write it.
    var thinking: Frame?
    var thinkingPlace = ThinkingPlace.everywhere
    /// Behind the header of an answer that is the last message and shows no thoughts.
    var headerAtLast = ""
    /// All system messages are one text, in front of everything.
    var gathersSystem = false
    var tools: LearnedTools?
    /// Round the result of a tool; nil where the template ignores such messages.
    var result: LearnedResult?
    /// An answer behind the result of a tool has a header; in some families it goes on without one.
    var opensAfterResult = true

    /// In which answers a template writes what was thought.
    enum ThinkingPlace { case everywhere, behindLastQuestion, lastMessage }

    enum OpeningKind: CaseIterable {
        case unset, on, off

        var setting: ThinkSetting {
            switch self {
            case .unset: .unset
            case .on: .on
            case .off: .off
            }
        }
    }

    /// - Throws: `FrameProblem` that says what cannot be learned.
    init(_ probe: FrameProbe) throws(FrameProblem) {
        typealias Word = FrameProbe.Word
        guard let bare = probe.parts([FrameProbe.user()], at: [Word.user]),
            let closed = probe.parts([FrameProbe.user()], at: [Word.user], open: false)
        else { throw .unusable("it does not write a single question") }
        guard let opening = bare[1].dropping(prefix: closed[1]) else {
            throw .unusable("what it writes for add_generation_prompt is not at the end")
        }
        guard
            let turns = probe.parts(
                [FrameProbe.user(), FrameProbe.assistant(), FrameProbe.user(Word.second)],
                at: [Word.user, Word.answer, Word.second]),
            let answered = probe.parts([FrameProbe.user(), FrameProbe.assistant()], at: [Word.user, Word.answer], open: false)
        else { throw .unusable("it does not write a question, an answer and another question in this order") }
        user = Frame(before: "", after: closed[1])
        assistant = Frame(before: "", after: answered[2])
        if let header = turns[1].dropping(prefix: closed[1]) {
            assistant.before = header
        } else {
            user.after = ""
            assistant.before = turns[1]
        }
        if let header = turns[2].dropping(prefix: answered[2]) {
            user.before = header
        } else {
            assistant.after = ""
            user.before = turns[2]
        }
        if let start = bare[0].dropping(suffix: user.before) {
            self.start = start
        } else {
            start = bare[0]
            firstHeaderIsInStart = true
        }
        self.opening[.unset] = opening
        if let header = answered[1].dropping(prefix: user.after)?.dropping(prefix: assistant.before) { headerAtLast = header }
        learnSystem(probe)
        learnThinking(probe)
        result = LearnedResult(probe, self)
        let told = [FrameProbe.user(), FrameProbe.assistant(), ChatMessage(role: "tool", content: Word.result, toolName: "tool")]
        if result != nil, let open = probe.prompt(told) { opensAfterResult = open != probe.prompt(told, open: false) }
        tools = LearnedTools(probe, self)
    }

    private mutating func learnSystem(_ probe: FrameProbe) {
        typealias Word = FrameProbe.Word
        if let parts = probe.parts([FrameProbe.system(), FrameProbe.user()], at: [Word.system, Word.user]) {
            if let after = parts[1].dropping(suffix: user.before), !user.before.isEmpty {
                system = Frame(before: parts[0], after: after)
            } else {
                system = Frame(before: parts[0], after: parts[1])
                headerIsInSystem = true
            }
        }
        let late = [FrameProbe.user(), FrameProbe.assistant(), FrameProbe.system(Word.late), FrameProbe.user(Word.second)]
        if probe.parts(late, at: [Word.late, Word.user, Word.answer, Word.second]) != nil { gathersSystem = true }
        guard let parts = probe.parts(late, at: [Word.user, Word.answer, Word.late, Word.second]),
            let before = parts[2].dropping(prefix: assistant.after), let after = parts[3].dropping(suffix: user.before)
        else { return }
        lateSystem = Frame(before: before, after: after)
    }

    private mutating func learnThinking(_ probe: FrameProbe) {
        typealias Word = FrameProbe.Word
        for kind in OpeningKind.allCases {
            let closed = probe.parts([FrameProbe.user()], at: [Word.user], think: kind.setting, open: false)
            let open = probe.parts([FrameProbe.user()], at: [Word.user], think: kind.setting)
            if let closed, let open { opening[kind] = open[1].dropping(prefix: closed[1]) }
        }
        let thought = FrameProbe.assistant(thinking: Word.thought)
        let words = [Word.user, Word.thought, Word.answer]
        let inHistory = probe.parts(
            [FrameProbe.user(), thought, FrameProbe.user(Word.second)], at: words + [Word.second], think: .on)
        let atLast = probe.parts([FrameProbe.user(), thought], at: words, think: .on, open: false)
        guard let parts = inHistory ?? atLast, let header = parts[1].dropping(prefix: user.after) else { return }
        // An answer without a thought may have an empty pair of tags in its header.
        guard let before = header.dropping(prefix: assistant.before) else {
            thinking = Frame(before: header, after: parts[2])
            return
        }
        thinking = Frame(before: before, after: parts[2])
        if inHistory != nil { return }
        let result = ChatMessage(role: "tool", content: Word.result, toolName: "tool")
        let isBehind = probe.parts([FrameProbe.user(), thought, result], at: words, think: .on) != nil
        thinkingPlace = isBehind ? .behindLastQuestion : .lastMessage
    }
}

/// Why a template cannot be learned.
enum FrameProblem: Error, Equatable {
    case unusable(String)

    var text: String {
        switch self {
        case .unusable(let text): text
        }
    }
}
