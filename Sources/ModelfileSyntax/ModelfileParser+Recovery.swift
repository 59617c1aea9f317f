import Diagnostics

/// What is no instruction, and how reading goes on behind it.

/// Stray lines in a row: one mistake, so one diagnostic.
struct StrayRun {
    var range: SourceRange
    var lines = 1
    /// The instruction before the first stray line, whose value it may have been meant to continue.
    var previous: InstructionSyntax?
}

extension ModelfileParser {
    /// Words of other tools and older versions that stand where Quern wants an instruction.
    private static let foreignWords: [String: Instruction] = [
        "PROMPT": .template, "OPTION": .parameter, "OPTIONS": .parameter, "PARAM": .parameter, "SET": .parameter,
        "MODEL": .from, "BASE": .from, "LORA": .adapter, "VERSION": .requires,
    ]

    /// An unknown instruction with its value, or a line of text that belongs nowhere.
    mutating func parseStray(_ trivia: [Trivia]) -> SyntaxToken {
        let start = cursor.position
        let word = cursor.skipWord()
        if looksLikeInstruction(word) {
            endStrayRun()
            reportUnknownInstruction(word)
            skipValue()
        } else {
            cursor.position = cursor.trimmedEnd(of: start..<cursor.lineEnd(from: start))
            extendStrayRun(start..<cursor.position)
        }
        return SyntaxToken(.unexpected, leadingTrivia: trivia, range: start..<cursor.position)
    }

    /// A word in capitals with something behind it, or one that is nearly a keyword; among lines of text only one that is both.
    private func looksLikeInstruction(_ word: SourceRange) -> Bool {
        let bytes = source.bytes[word]
        guard bytes.count >= 2, bytes.allSatisfy(SourceCursor.isNameByte), !cursor.isAtLineEnd else { return false }
        let isCapital = bytes.allSatisfy { $0 < 0x61 || $0 == 0x5F } && bytes.contains(where: SourceCursor.isLetter)
        if isCapital, strayRun == nil, !continuesBareText { return true }
        return (isCapital || strayRun == nil) && suggestion(for: source.text(in: word)) != nil
    }

    /// Whether the last thing read was a text without quotes: then the next line is likely to be more of it.
    private var continuesBareText: Bool {
        guard case .instruction(let instruction) = items.last else { return false }
        return instruction.instruction.takesText && instruction.value?.quoting == .bare
    }

    private func suggestion(for word: String) -> Instruction? {
        if let foreign = Self.foreignWords[word.uppercased()] { return foreign }
        return SpellingSuggestion.nearest(to: word, in: dialect.instructions.map(\.keyword)).flatMap(Instruction.init(rawValue:))
    }

    private mutating func reportUnknownInstruction(_ word: SourceRange) {
        let text = source.text(in: word)
        if dialect == .plain, let instruction = Instruction(keyword: text, in: .quern1) {
            diagnostics.append(supersetOnly(instruction, at: word))
            return
        }
        let suggestion = suggestion(for: text)
        let hint = suggestion.map { ", did you mean '\($0.keyword)'?" } ?? ""
        var diagnostic = Diagnostic(.unknownInstruction, "unknown instruction '\(text)'\(hint)", at: word)
        if let suggestion {
            diagnostic.fixIts = [.replace(word, with: suggestion.keyword)]
        } else {
            let words = dialect.instructions.map(\.keyword).joined(separator: ", ")
            diagnostic.notes = [Diagnostic.Note("the instructions are \(words)")]
        }
        diagnostics.append(diagnostic)
    }

    private func supersetOnly(_ instruction: Instruction, at range: SourceRange) -> Diagnostic {
        let line = ModelfileDialect.syntaxLine
        return Diagnostic(
            .unknownInstruction, "\(instruction.keyword) belongs to Quern's superset, and this file is a plain Modelfile",
            at: range,
            notes: [Diagnostic.Note("a file in the superset begins with the line '\(line)'")],
            fixIts: [.insert(line + "\n", at: 0, "write '\(line)' as the first line")])
    }

    /// Skips what would be the value of an instruction: closed quotes with all their lines, otherwise the rest of the line.
    private mutating func skipValue() {
        let lineEnd = cursor.lineEnd(from: cursor.position)
        _ = cursor.skip(while: SourceCursor.isBlank)
        let scan = values.scan(at: cursor.position, in: cursor)
        let end = scan.isUnterminated ? lineEnd : scan.closeQuote?.upperBound ?? lineEnd
        cursor.position = cursor.trimmedEnd(of: cursor.position..<end)
    }

    private mutating func extendStrayRun(_ line: SourceRange) {
        guard var run = strayRun else {
            var previous: InstructionSyntax?
            if case .instruction(let instruction) = items.last { previous = instruction }
            strayRun = StrayRun(range: line, previous: previous)
            return
        }
        run.range = run.range.lowerBound..<line.upperBound
        run.lines += 1
        strayRun = run
    }

    /// Reports the stray lines that end here, if there are any.
    mutating func endStrayRun() {
        guard let run = strayRun else { return }
        strayRun = nil
        let lines = run.lines == 1 ? "" : " (\(run.lines) lines)"
        var diagnostic = Diagnostic(.strayText, "text outside an instruction\(lines)", at: run.range)
        if let origin = StrayOrigin(source.text(in: run.range)) {
            diagnostic.notes = [Diagnostic.Note(origin.note)]
            if origin.isAllOfIt { diagnostic.fixIts = [.delete(source.lines(around: run.range), "delete it")] }
        } else if let previous = run.previous, previous.instruction.takesText, let value = previous.value {
            explain(&diagnostic, value, previous, run)
        }
        diagnostics.append(diagnostic)
    }

    /// A text of several lines without quotes is the usual reason for stray text.
    private func explain(_ diagnostic: inout Diagnostic, _ value: ValueSyntax, _ previous: InstructionSyntax, _ run: StrayRun) {
        let word = previous.instruction.keyword
        guard value.quoting == .bare else {
            let quote = value.closeQuote?.range ?? value.range
            diagnostic.notes = [Diagnostic.Note("the value of \(word) ends at these quotes", at: quote)]
            return
        }
        let start = value.text.range.lowerBound
        if let foreign = foreignQuotes(value.text.range, run) {
            diagnostic.notes = [Diagnostic.Note("''' are no quotes in a Modelfile, \"\"\" are", at: start..<start + 3)]
            diagnostic.fixIts = foreign
            return
        }
        diagnostic.notes = [
            Diagnostic.Note("the value of \(word) has no quotes, so it ends with its line", at: previous.keyword.range)
        ]
        if dialect == .plain, ValueScanner.heredocMark(at: start, in: cursor) != nil {
            let line = ModelfileDialect.syntaxLine
            diagnostic.notes = [Diagnostic.Note("texts behind << are read only where the first line is '\(line)'", at: value.range)]
            diagnostic.fixIts = [.insert(line + "\n", at: 0, "write '\(line)' as the first line")]
            return
        }
        guard !source.text(in: start..<run.range.upperBound).contains("\"\"\"") else { return }
        diagnostic.fixIts = [
            FixIt(
                "put the text between \"\"\" and \"\"\"",
                [
                    FixIt.Edit(start..<start, "\"\"\""),
                    FixIt.Edit(run.range.upperBound..<run.range.upperBound, "\"\"\""),
                ])
        ]
    }

    /// What mends a text between ''' and '''; nil where there is none.
    private func foreignQuotes(_ value: SourceRange, _ run: StrayRun) -> [FixIt]? {
        let bytes = source.bytes
        let quotes = Array("'''".utf8)
        guard bytes[value].starts(with: quotes) else { return nil }
        let text = value.lowerBound..<run.range.upperBound
        guard text.count >= 6, bytes[text].suffix(3).elementsEqual(quotes), !source.text(in: text).contains("\"\"\"") else {
            return []
        }
        return [
            FixIt(
                "write \"\"\" for '''",
                [
                    FixIt.Edit(text.lowerBound..<text.lowerBound + 3, "\"\"\""),
                    FixIt.Edit(text.upperBound - 3..<text.upperBound, "\"\"\""),
                ])
        ]
    }

    /// Where a value is missing and the next line begins with quotes, goes there and reports that they stand on the wrong line.
    mutating func skipToQuotesBelow(_ word: SyntaxToken, _ trivia: inout [Trivia]) -> Bool {
        guard let byte = cursor.byte, SourceCursor.isNewline(byte) else { return false }
        let start = cursor.position
        var skipped = [Trivia(.newline, range: cursor.skipNewline())]
        let blanks = cursor.skip(while: SourceCursor.isBlank)
        if !blanks.isEmpty { skipped.append(Trivia(.blanks, range: blanks)) }
        guard ValueScanner.quoting(at: cursor.position, in: cursor) != .bare else {
            cursor.position = start
            return false
        }
        trivia += skipped
        let gap = word.range.upperBound..<cursor.position
        diagnostics.append(
            Diagnostic(
                .missingValue, "the value of \(source.text(in: word.range)) must begin on the same line", at: word.range,
                fixIts: [FixIt("join the lines", [FixIt.Edit(gap, " ")])]))
        return true
    }
}
