public import Diagnostics

/// A token of a Modelfile: a range of the source, with what was skipped before it.
///
/// Every byte of the source is in exactly one token or piece of trivia, so the tokens in order give the source back.
public struct SyntaxToken: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case keyword
        /// The name of a PARAMETER or the role of a MESSAGE.
        case argument
        case openQuote, closeQuote
        /// The characters of a value, quotes not included; may be empty.
        case text
        /// Something that does not belong there and was skipped.
        case unexpected
        case endOfFile
    }

    public let kind: Kind
    public let leadingTrivia: [Trivia]
    /// Without the trivia.
    public let range: SourceRange

    public init(_ kind: Kind, leadingTrivia: [Trivia] = [], range: SourceRange) {
        self.kind = kind
        self.leadingTrivia = leadingTrivia
        self.range = range
    }
}

/// Part of the source that has no meaning of its own.
public struct Trivia: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Spaces and tabs.
        case blanks
        /// LF, CR or CRLF.
        case newline
        /// From `#` to the end of the line.
        case comment
        /// Characters that show nothing and were skipped.
        case invisible
    }

    public let kind: Kind
    public let range: SourceRange

    public init(_ kind: Kind, range: SourceRange) {
        self.kind = kind
        self.range = range
    }
}
