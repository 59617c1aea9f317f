public import Diagnostics

/// A Modelfile as it was written: every byte of it, in order, with the structure that the parser found and what was wrong.
///
/// `description` is the source, always, whatever the source was.
public struct ModelfileSyntaxTree: Sendable {
    public let source: SourceText
    public let dialect: ModelfileDialect
    public let items: [ModelfileItem]
    /// Holds, as trivia, what follows the last instruction.
    public let endOfFile: SyntaxToken
    /// What was wrong with the text, in its order.
    public let diagnostics: [Diagnostic]

    /// - Parameter dialect: nil is the one that the first line asks for.
    public init(parsing source: SourceText, dialect: ModelfileDialect? = nil) {
        let declared = ModelfileDialect.declared(in: source)
        var parser = ModelfileParser(source, dialect ?? declared.dialect)
        let tree = parser.parseFile()
        let misplaced = ModelfileDialect.misplaced(in: source, comments: tree.comments)
        self = tree.adding(declared.diagnostics + misplaced)
    }

    /// Decodes the bytes of a file (`ModelfileDecoding`), then parses them.
    public init(parsing bytes: [UInt8], name: String = "Modelfile", dialect: ModelfileDialect? = nil) {
        let decoded = ModelfileDecoding.decode(bytes, name: name)
        self = ModelfileSyntaxTree(parsing: decoded.source, dialect: dialect).adding(decoded.diagnostics)
    }

    init(
        source: SourceText, dialect: ModelfileDialect, items: [ModelfileItem], endOfFile: SyntaxToken, diagnostics: [Diagnostic]
    ) {
        self.source = source
        self.dialect = dialect
        self.items = items
        self.endOfFile = endOfFile
        self.diagnostics = diagnostics
    }

    private func adding(_ more: [Diagnostic]) -> ModelfileSyntaxTree {
        guard !more.isEmpty else { return self }
        return ModelfileSyntaxTree(
            source: source, dialect: dialect, items: items, endOfFile: endOfFile,
            diagnostics: (more + diagnostics).inTextOrder())
    }

    /// The places of all comments, in order.
    private var comments: [SourceRange] {
        var found: [SourceRange] = []
        // Only what stands before an instruction, or after the last one, can hold comments.
        for item in items {
            for trivia in item.firstToken.leadingTrivia where trivia.kind == .comment { found.append(trivia.range) }
        }
        for trivia in endOfFile.leadingTrivia where trivia.kind == .comment { found.append(trivia.range) }
        return found
    }

    /// The instructions in order, without what could not be understood.
    public var instructions: [InstructionSyntax] {
        items.compactMap { if case .instruction(let instruction) = $0 { instruction } else { nil } }
    }

    /// All tokens in order, the end of file last.
    public var tokens: [SyntaxToken] { items.flatMap(\.tokens) + [endOfFile] }

    /// The instructions as plain values, those without a value left out: what a printer would write again.
    public var entries: [ModelfileEntry] { instructions.compactMap { $0.entry(in: source) } }
}

extension ModelfileSyntaxTree: CustomStringConvertible {
    /// The source, put together from the tokens and their trivia.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        for token in tokens {
            for trivia in token.leadingTrivia { bytes += source.bytes[trivia.range] }
            bytes += source.bytes[token.range]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One thing at the top level of a Modelfile.
public enum ModelfileItem: Sendable, Hashable {
    case instruction(InstructionSyntax)
    /// A line, or an unknown instruction with its value, that was skipped; a diagnostic says so.
    case stray(SyntaxToken)

    public var tokens: [SyntaxToken] {
        switch self {
        case .instruction(let instruction): instruction.tokens
        case .stray(let token): [token]
        }
    }

    /// The token that the trivia before the item belongs to.
    public var firstToken: SyntaxToken {
        switch self {
        case .instruction(let instruction): instruction.keyword
        case .stray(let token): token
        }
    }

    /// Without the trivia before it.
    public var range: SourceRange {
        switch self {
        case .instruction(let instruction): instruction.range
        case .stray(let token): token.range
        }
    }
}

/// An instruction as it was written.
public struct InstructionSyntax: Sendable, Hashable {
    public let instruction: Instruction
    public let keyword: SyntaxToken
    /// A `:` or `=` where a blank belongs.
    public let keywordSeparator: SyntaxToken?
    /// The name of a PARAMETER or the role of a MESSAGE.
    public let argument: SyntaxToken?
    /// A `:` or `=` after the argument.
    public let argumentSeparator: SyntaxToken?
    /// Nil where nothing followed; a diagnostic says so.
    public let value: ValueSyntax?

    public var tokens: [SyntaxToken] {
        [keyword, keywordSeparator, argument, argumentSeparator].compactMap { $0 } + (value?.tokens ?? [])
    }

    /// From the keyword to the end of the value.
    public var range: SourceRange {
        let end = value?.range ?? (argumentSeparator ?? argument ?? keywordSeparator ?? keyword).range
        return keyword.range.lowerBound..<end.upperBound
    }

    public func entry(in source: SourceText) -> ModelfileEntry? {
        guard let value else { return nil }
        return ModelfileEntry(instruction, argument.map { source.text(in: $0.range) }, value.content(in: source))
    }
}

/// The value of an instruction, with its quotes if it has any.
public struct ValueSyntax: Sendable, Hashable {
    public enum Quoting: String, Sendable, Hashable {
        case bare = ""
        case quoted = "\""
        case tripleQuoted = "\"\"\""
        /// `<<WORD`, lines, and a line `WORD`; in the superset.
        case heredoc = "<<"
        /// `<<'WORD'`: nothing in the lines is replaced.
        case literalHeredoc = "<<'"

        public var isHeredoc: Bool { self == .heredoc || self == .literalHeredoc }
    }

    public let quoting: Quoting
    /// Of a heredoc its whole first line.
    public let openQuote: SyntaxToken?
    public let text: SyntaxToken
    /// Nil for a bare value, and where the quotes are never closed.
    public let closeQuote: SyntaxToken?

    public var tokens: [SyntaxToken] { [openQuote, text, closeQuote].compactMap { $0 } }

    /// With the quotes.
    public var range: SourceRange {
        (openQuote ?? text).range.lowerBound..<(closeQuote ?? text).range.upperBound
    }

    /// The characters of the value exactly as written. There are no escapes.
    public func content(in source: SourceText) -> String { source.text(in: text.range) }
}
