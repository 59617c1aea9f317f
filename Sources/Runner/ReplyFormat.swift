public import ConstrainedDecoding

/// What an answer is held to: a grammar, which begins after the thinking where the model thinks.
public struct ReplyFormat: Sendable, Equatable {
    /// The signs around a model's thinking.
    public struct Thinking: Sendable, Equatable {
        public var opening: String
        public var closing: String
        /// Whether the prompt has opened it already.
        public var isOpen: Bool

        public init(opening: String, closing: String, isOpen: Bool) {
            self.opening = opening
            self.closing = closing
            self.isOpen = isOpen
        }
    }

    public var grammar: GrammarSource
    public var thinking: Thinking?

    public init(_ grammar: GrammarSource, thinking: Thinking? = nil) {
        self.grammar = grammar
        self.thinking = thinking
    }
}
