/// How a family of models writes its replies: what stands round thinking, answer and calls of tools.
///
/// What is between the signs of a call is recognised by its own look (`CallText`), so a syntax names only the signs.
public struct ReplySyntax: Sendable, Equatable {
    /// The signs round calls of tools.
    public struct CallSigns: Sendable, Equatable {
        public enum End: Sendable, Equatable {
            case text(String)
            /// Where the brackets of the JSON that follows are closed.
            case brackets
            case reply
        }

        /// Empty where a reply that is a call begins with its JSON.
        public var opening: String
        public var end: End
        /// The opening sign belongs to the call's own text: `<function=` names the tool.
        public var includesOpening: Bool

        public init(opening: String, end: End, includesOpening: Bool = false) {
            (self.opening, self.end, self.includesOpening) = (opening, end, includesOpening)
        }

        public init(_ opening: String, _ closing: String) { self.init(opening: opening, end: .text(closing)) }
    }

    public var thinking: [ThinkingTags]
    /// Signs round the answer that are no part of it.
    public var silent: [String]
    public var calls: [CallSigns]
    /// The template writes a blank in front of answers that is no part of them.
    public var beginsWithBlank = false
    /// Replies are messages with headers; then nothing else counts.
    public var headers: HeaderSigns?

    public init(
        thinking: [ThinkingTags] = [], silent: [String] = [], calls: [CallSigns] = [], headers: HeaderSigns? = nil
    ) {
        (self.thinking, self.silent, self.calls, self.headers) = (thinking, silent, calls, headers)
    }

    /// What a model that writes so can do.
    public var capabilities: Set<ChatTemplate.Capability> {
        var capabilities: Set<ChatTemplate.Capability> = []
        if headers != nil || !calls.isEmpty { capabilities.insert(.tools) }
        if headers.map({ !$0.hasBareNames }) ?? !thinking.isEmpty { capabilities.insert(.thinking) }
        return capabilities
    }

    /// A reply that is JSON from its beginning.
    static let bareJSON = CallSigns(opening: "", end: .brackets)

    /// Whatever the reader looks for. A tokenizer has to spell out special tokens that are part of one of these.
    public var signs: [String] {
        if let headers { return headers.starts + [headers.headerEnd, "<|constrain|>"] + headers.bodyEnds }
        return thinking.flatMap { [$0.opening, $0.closing] } + silent
            + calls.flatMap { call in
                if case .text(let closing) = call.end { [call.opening, closing] } else { [call.opening] }
            }.filter { !$0.isEmpty } + CallText.innerSigns
    }
}

/// The signs of replies that are messages with headers, as gpt-oss (harmony) and Muse Glimmer write them:
/// `<|channel|>analysis<|message|>…<|end|><|start|>assistant to=functions.f<|message|>{…}<|call|>`. Functionary's headers are bare
/// names: `>>>all`, or a tool's.
public struct HeaderSigns: Sendable, Equatable {
    /// What begins a header; a reply begins inside one.
    public var starts: [String]
    public var headerEnd: String
    public var bodyEnds: [String]

    public init(starts: [String], headerEnd: String, bodyEnds: [String]) {
        (self.starts, self.headerEnd, self.bodyEnds) = (starts, headerEnd, bodyEnds)
    }

    /// The header of an answer to the user, behind the role.
    public var answerHeader: String {
        if hasBareNames { return "all" + headerEnd }
        return (self == .harmony ? "<|channel|>final" : " to=user") + headerEnd
    }

    /// A header is a name and nothing else; only the names of tools that were offered count.
    var hasBareNames: Bool { self == .functionary }

    public static let functionary = HeaderSigns(starts: [">>>"], headerEnd: "\n", bodyEnds: [])
    public static let harmony = HeaderSigns(
        starts: ["<|start|>", "<|channel|>"], headerEnd: "<|message|>", bodyEnds: ["<|end|>", "<|return|>", "<|call|>"])
    public static let glimmer = HeaderSigns(
        starts: ["<|start|>"], headerEnd: "<|message|>", bodyEnds: ["<|eom|>", "<|eot|>"])
}
