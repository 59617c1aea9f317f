import Diagnostics

/// What stands between tokens.
extension ModelfileParser {
    /// Skips blanks, newlines, comments and invisible characters up to where an instruction starts, or to the end.
    mutating func skipToInstruction() -> [Trivia] {
        var trivia: [Trivia] = []
        while let byte = cursor.byte {
            if SourceCursor.isBlank(byte) {
                trivia.append(Trivia(.blanks, range: cursor.skip(while: SourceCursor.isBlank)))
            } else if SourceCursor.isNewline(byte) {
                trivia.append(Trivia(.newline, range: cursor.skipNewline()))
            } else if byte == 0x23 {
                trivia.append(Trivia(.comment, range: cursor.skip { !SourceCursor.isNewline($0) }))
            } else if let invisible = skipInvisible("outside a value") {
                trivia.append(invisible)
            } else {
                break
            }
        }
        return trivia
    }

    /// Skips the blanks behind a keyword or argument.
    ///
    /// Invisible characters count as blanks where no text can begin: straight behind `word`, before a name or role, and between
    /// the blanks and an opening quote. Where a text may begin they are its first characters.
    mutating func skipBlanks(after word: SourceRange, isText: Bool) -> [Trivia] {
        var trivia: [Trivia] = []
        if word.upperBound == cursor.position, let invisible = skipInvisible("where a blank belongs") { trivia.append(invisible) }
        if cursor.isAtBlank { trivia.append(Trivia(.blanks, range: cursor.skip(while: SourceCursor.isBlank))) }
        let end = invisibleRunEnd()
        if end > cursor.position, !isText || ValueScanner.quoting(at: end, in: cursor) != .bare {
            while cursor.position < end {
                if let invisible = skipInvisible("before a name or quote") { trivia.append(invisible) }
                if cursor.isAtBlank { trivia.append(Trivia(.blanks, range: cursor.skip(while: SourceCursor.isBlank))) }
            }
        }
        return trivia
    }

    /// Where the run of invisible characters and blanks at the cursor ends.
    private func invisibleRunEnd() -> Int {
        var probe = cursor
        while !probe.skipInvisible().isEmpty || !probe.skip(while: SourceCursor.isBlank).isEmpty {}
        return probe.position
    }

    private mutating func skipInvisible(_ place: String) -> Trivia? {
        let range = cursor.skipInvisible()
        guard !range.isEmpty else { return nil }
        let name = VisibleText.name(of: cursor.scalar(at: range.lowerBound).scalar)
        diagnostics.append(
            Diagnostic(
                .invisibleCharacter, "invisible character \(name) \(place)", at: range,
                fixIts: [.replace(range, with: " ")]))
        return Trivia(.invisible, range: range)
    }
}
