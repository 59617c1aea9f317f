import Diagnostics

/// Reads a Modelfile into a tree: never fails, keeps every byte, reports everything that is wrong.
///
/// The grammar stands in Grammar/Modelfile.ebnf. After an error reading goes on at the next place where an instruction may start.
struct ModelfileParser {
    let source: SourceText
    let dialect: ModelfileDialect
    var cursor: SourceCursor
    var values: ValueScanner
    var items: [ModelfileItem] = []
    var diagnostics: [Diagnostic] = []
    /// The stray lines in a row that share one diagnostic.
    var strayRun: StrayRun?

    init(_ source: SourceText, _ dialect: ModelfileDialect) {
        self.source = source
        self.dialect = dialect
        cursor = SourceCursor(source)
        values = ValueScanner(dialect: dialect)
    }

    mutating func parseFile() -> ModelfileSyntaxTree {
        while true {
            let trivia = skipToInstruction()
            if cursor.isAtEnd {
                endStrayRun()
                let end = SyntaxToken(.endOfFile, leadingTrivia: trivia, range: cursor.position..<cursor.position)
                return ModelfileSyntaxTree(
                    source: source, dialect: dialect, items: items, endOfFile: end, diagnostics: diagnostics.inTextOrder())
            }
            items.append(parseItem(trivia))
        }
    }

    private mutating func parseItem(_ trivia: [Trivia]) -> ModelfileItem {
        let start = cursor.position
        let word = cursor.skip(while: SourceCursor.isLetter)
        let text = source.text(in: word)
        guard let instruction = Instruction(keyword: text, in: dialect), isEndOfKeyword, !isProse(text) else {
            cursor.position = start
            return .stray(parseStray(trivia))
        }
        endStrayRun()
        return .instruction(parseInstruction(instruction, SyntaxToken(.keyword, leadingTrivia: trivia, range: word)))
    }

    /// Whether a keyword may end here: at a blank, or at something that can only stand for a missing one.
    private var isEndOfKeyword: Bool {
        guard let byte = cursor.byte else { return true }
        return SourceCursor.isBlank(byte) || SourceCursor.isNewline(byte) || byte == 0x22 || isSeparator(byte)
            || cursor.invisibleLength(at: cursor.position) != nil
    }

    /// "From" and "System" at the start of a line among stray lines are words of a sentence, not instructions.
    private func isProse(_ word: String) -> Bool {
        strayRun != nil && word != word.uppercased() && word != word.lowercased()
    }

    private mutating func parseInstruction(_ instruction: Instruction, _ keyword: SyntaxToken) -> InstructionSyntax {
        let keywordSeparator = parseSeparator(after: keyword)
        var trivia = skipBlanks(after: keyword.range, isText: instruction.argument == nil)
        var argument: SyntaxToken?
        var argumentSeparator: SyntaxToken?
        if instruction.argument != nil, !cursor.isAtLineEnd {
            let token = SyntaxToken(.argument, leadingTrivia: trivia, range: skipArgument())
            argument = token
            argumentSeparator = parseSeparator(after: token)
            trivia = skipBlanks(after: token.range, isText: true)
        }
        let isExpected = instruction.argument == nil || argument != nil
        let isBelow = isExpected && skipToQuotesBelow(argument ?? keyword, &trivia)
        let value = parseValue(trivia, isExpected: isExpected)
        if value == nil, !isBelow { reportMissingValue(instruction, keyword, argument) }
        return InstructionSyntax(
            instruction: instruction, keyword: keyword, keywordSeparator: keywordSeparator, argument: argument,
            argumentSeparator: argumentSeparator, value: value)
    }

    /// The name or role: up to a blank, or up to a `=` or `:` behind letters, digits and underscores.
    private mutating func skipArgument() -> SourceRange {
        let start = cursor.position
        let name = cursor.skip(while: SourceCursor.isNameByte)
        if !name.isEmpty, let byte = cursor.byte, isSeparator(byte) { return name }
        cursor.position = start
        return cursor.skipWord()
    }

    /// The value behind `trivia`; nil where the line ends straight behind the keyword or argument. After a blank, a line that
    /// ends there has an empty value.
    private mutating func parseValue(_ trivia: [Trivia], isExpected: Bool) -> ValueSyntax? {
        guard isExpected, !(trivia.isEmpty && cursor.isAtLineEnd) else {
            giveBack(trivia)
            return nil
        }
        let scan = values.scan(at: cursor.position, in: cursor)
        let open = cursor.position..<scan.text.lowerBound
        cursor.position = scan.closeQuote?.upperBound ?? scan.text.upperBound
        report(scan, open: open)
        guard scan.quoting != .bare else {
            return ValueSyntax(
                quoting: .bare, openQuote: nil, text: SyntaxToken(.text, leadingTrivia: trivia, range: scan.text), closeQuote: nil)
        }
        return ValueSyntax(
            quoting: scan.quoting, openQuote: SyntaxToken(.openQuote, leadingTrivia: trivia, range: open),
            text: SyntaxToken(.text, range: scan.text), closeQuote: scan.closeQuote.map { SyntaxToken(.closeQuote, range: $0) })
    }

    /// Leaves trivia that no token took to the next one, which will report what is wrong with it.
    private mutating func giveBack(_ trivia: [Trivia]) {
        guard let start = trivia.first?.range.lowerBound else { return }
        cursor.position = start
        while let last = diagnostics.last, last.range.lowerBound >= start { diagnostics.removeLast() }
    }
}
