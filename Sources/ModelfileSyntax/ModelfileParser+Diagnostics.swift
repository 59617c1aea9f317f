import Diagnostics

/// What the parser says about instructions.
extension ModelfileParser {
    func isSeparator(_ byte: UInt8) -> Bool { byte == 0x3A || byte == 0x3D }

    /// Skips a `:` or `=` behind a keyword, name or role, and reports it, or a quote that stands there without a blank.
    mutating func parseSeparator(after token: SyntaxToken) -> SyntaxToken? {
        guard let byte = cursor.byte, isSeparator(byte) || byte == 0x22 else { return nil }
        let word = source.text(in: token.range)
        let start = cursor.position
        guard isSeparator(byte) else {
            diagnostics.append(
                Diagnostic(
                    .missingBlank, "no blank between '\(word)' and the quotes", at: start..<start + 1,
                    fixIts: [.insert(" ", at: start, "insert a blank")]))
            return nil
        }
        cursor.position += 1
        let range = start..<cursor.position
        diagnostics.append(
            Diagnostic(
                .missingBlank, "'\(source.text(in: range))' after '\(word)' where a blank is wanted", at: range,
                fixIts: [FixIt("write a blank", [FixIt.Edit(range, cursor.isAtBlank ? "" : " ")])]))
        return SyntaxToken(.unexpected, range: range)
    }

    mutating func reportMissingValue(_ instruction: Instruction, _ keyword: SyntaxToken, _ argument: SyntaxToken?) {
        let word = instruction.keyword
        let message =
            switch (instruction.argument, argument) {
            case (nil, _): "\(word) has no value"
            case (.parameterName, nil): "PARAMETER has no name and no value"
            case (.role, nil): "MESSAGE has no role and no text"
            case (_, let argument?): "\(word) \(source.text(in: argument.range)) has no value"
            }
        let range = keyword.range.lowerBound..<(argument ?? keyword).range.upperBound
        diagnostics.append(Diagnostic(.missingValue, message, at: range))
    }

    /// Reports quotes that are never closed, or that close later than was meant.
    mutating func report(_ scan: ValueScanner.Scan, open: SourceRange) {
        guard scan.quoting != .bare else { return }
        guard let quote = scan.closeQuote else {
            diagnostics.append(unterminated(scan, open: open))
            return
        }
        guard !scan.quoting.isHeredoc else { return }
        guard let tail = textBehindInnerQuote(scan),
            let line = values.instructionLine(in: tail.lowerBound..<quote.lowerBound, cursor)
        else { return reportForgottenQuotes(scan, open: open, close: quote) }
        diagnostics.append(
            Diagnostic(
                .swallowedInstruction, "text behind the quotes keeps them from closing the value", at: tail,
                notes: [
                    Diagnostic.Note(
                        "this line is part of the value", at: line..<cursor.trimmedEnd(of: line..<cursor.lineEnd(from: line))),
                    Diagnostic.Note("the value ends here", at: quote),
                ]))
    }

    /// Reports quotes that only the quotes of a later instruction close, which so became part of the value.
    private mutating func reportForgottenQuotes(_ scan: ValueScanner.Scan, open: SourceRange, close: SourceRange) {
        guard let first = values.instructionLine(in: scan.text, cursor), opensValue(scan.quoting, after: first, in: scan.text)
        else {
            return
        }
        let end = cursor.trimmedEnd(of: scan.text.lowerBound..<first)
        let quotes = scan.quoting.rawValue
        diagnostics.append(
            Diagnostic(
                .swallowedInstruction, "these quotes are closed only by those of a later instruction", at: open,
                notes: [
                    Diagnostic.Note(
                        "this line is part of the value", at: first..<cursor.trimmedEnd(of: first..<cursor.lineEnd(from: first))),
                    Diagnostic.Note("the value ends here", at: close),
                ], fixIts: [.insert(quotes, at: end, "write \(quotes) at the end of the text")]))
    }

    /// Whether an instruction that begins a line of `text`, at `line` or below, has a value that opens with these quotes.
    private func opensValue(_ quoting: ValueSyntax.Quoting, after line: Int, in text: SourceRange) -> Bool {
        var next: Int? = line
        while let start = next {
            var place = cursor
            place.position = start
            let word = place.skip(while: SourceCursor.isLetter)
            _ = place.skip(while: SourceCursor.isBlank)
            if Instruction(keyword: source.text(in: word), in: dialect)?.argument != nil {
                _ = place.skipWord()
                _ = place.skip(while: SourceCursor.isBlank)
            }
            if place.position < text.upperBound, ValueScanner.quoting(at: place.position, in: cursor) == quoting { return true }
            next = values.instructionLine(in: start..<text.upperBound, cursor)
        }
        return false
    }

    private func unterminated(_ scan: ValueScanner.Scan, open: SourceRange) -> Diagnostic {
        if scan.quoting.isHeredoc { return unterminatedHeredoc(scan, open: open) }
        let quotes = scan.quoting.rawValue
        var diagnostic = Diagnostic(.unterminatedQuote, "these quotes are never closed", at: open)
        if let tail = textBehindInnerQuote(scan) {
            diagnostic.notes = [Diagnostic.Note("text behind these quotes keeps them from closing the value", at: tail)]
        } else if quotes == "\"\"\"" || !source.bytes[scan.text].contains(where: SourceCursor.isNewline) {
            diagnostic.fixIts = [.insert(quotes, at: scan.text.upperBound, "write \(quotes) at the end of the text")]
        }
        let end = scan.text.upperBound
        if cursor.visibleEnd(in: end..<cursor.bytes.count) != nil {
            diagnostic.notes.append(Diagnostic.Note("the text is taken to end here", at: end..<end))
        }
        return diagnostic
    }

    private func unterminatedHeredoc(_ scan: ValueScanner.Scan, open: SourceRange) -> Diagnostic {
        let mark = open.lowerBound..<cursor.trimmedEnd(of: open)
        let word = source.text(in: mark).filter { $0 != "<" && $0 != "'" }
        let end = scan.text.upperBound
        return Diagnostic(
            .unterminatedQuote, "this text is never closed: no line below is '\(word)' and nothing else", at: mark,
            fixIts: [.insert("\n\(word)", at: end, "write '\(word)' on a line of its own behind the text")])
    }

    /// The text on the same line behind quotes, inside a value, that look as if they were meant to close it.
    ///
    /// Only the first such place counts, and for `"` only on the value's first line: further down, quotes are quotes.
    private func textBehindInnerQuote(_ scan: ValueScanner.Scan) -> SourceRange? {
        let length = scan.quoting.rawValue.utf8.count
        let firstLineEnd = min(cursor.lineEnd(from: scan.text.lowerBound), scan.text.upperBound)
        let searched = scan.text.lowerBound..<(length == 1 ? firstLineEnd : scan.text.upperBound)
        guard searched.count >= length else { return nil }
        for start in searched.lowerBound...searched.upperBound - length
        where cursor.hasQuotes(length, at: start) {
            let tail = start + length..<min(cursor.lineEnd(from: start), scan.text.upperBound)
            guard let end = cursor.visibleEnd(in: tail) else { return nil }
            let leading = tail.prefix { SourceCursor.isBlank(cursor.bytes[$0]) }.count
            return tail.lowerBound + leading..<end
        }
        return nil
    }
}
