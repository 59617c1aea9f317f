public import ChatPrompt
public import ConstrainedDecoding
public import JSONText
public import ModelManifest
public import Runner

/// What a client wants answered, whichever dialect it speaks.
public struct ReplyRequest: Sendable {
    public enum Prompt: Sendable {
        /// The package's example conversation goes before it.
        case conversation([ChatMessage], tools: [ToolDefinition])
        case single(SinglePrompt)
    }

    public var model: String
    public var prompt: Prompt
    public var think = ThinkSetting.unset
    /// Whether a model that cannot think answers without, where it is asked to; it refuses otherwise.
    public var thinksIfAble = false
    /// How many of the likeliest tokens are told with each token of the answer; nil tells of none, not even the token's own
    /// probability.
    public var likeliestTokens: Int?
    /// What the answer is held to.
    public var format: GrammarSource?
    /// Laid over the package's.
    public var options = JSONObject()
    public var keepAlive: KeepAlive?
    /// Whether old messages are left out of a conversation that is too long.
    public var truncates = true
    /// Whether the context makes room by forgetting when it is full; the answer ends there otherwise.
    public var shifts = true

    public init(model: String, prompt: Prompt) { (self.model, self.prompt) = (model, prompt) }

    var isConversation: Bool { if case .conversation = prompt { true } else { false } }

    /// Whether the request is only about having the model in memory or not.
    public var isEmpty: Bool {
        switch prompt {
        case .conversation(let messages, _): messages.isEmpty
        case .single(let prompt): prompt.text.isEmpty && prompt.suffix.isEmpty
        }
    }
}

/// A piece of an answer.
public enum ReplyPart: Sendable {
    /// A token of what comes next.
    case probability(TokenProbability)
    case event(ReplyParser.Event)
    case end(ReplyEnd)
}

/// What there is to say when an answer is complete.
public struct ReplyEnd: Sendable {
    public enum Reason: String, Sendable { case stop, length, load, unload }

    public var reason: Reason
    public var summary = GenerationSummary()
    /// From the request until the model was there.
    public var loadDuration = Duration.zero
    public var totalDuration = Duration.zero
    /// The prompt's tokens and the answer's; empty for raw prompts.
    public var context: [Int] = []

    public init(_ reason: Reason) { self.reason = reason }
}

/// An answer on its way. It belongs to one task; who stops reading closes it.
public struct Reply: Sendable {
    private let channel: ReplyChannel<ReplyPart>

    init(_ channel: ReplyChannel<ReplyPart>) { self.channel = channel }

    /// An answer that is complete.
    init(_ end: ReplyEnd) {
        channel = ReplyChannel()
        channel.finish(last: .end(end))
    }

    /// The next pieces, at least one; none after the end.
    public func next() async throws -> [ReplyPart] { try await channel.receive() }

    /// Stops the work within a token; nothing more arrives.
    public func close() { channel.close() }
}
