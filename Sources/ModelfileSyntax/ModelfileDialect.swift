import Diagnostics

/// The languages in which a Modelfile can be written.
public enum ModelfileDialect: String, Sendable, Hashable, CaseIterable {
    /// What Ollama reads.
    case plain
    /// Quern's superset, which compiles down to the plain language: its files begin with the line `# syntax=quern/1`.
    case quern1 = "quern/1"

    /// The first line of a file in the superset.
    public static let syntaxLine = "# syntax=quern/1"

    /// The instructions of the dialect.
    public var instructions: [Instruction] { Instruction.allCases.filter(contains) }

    /// Whether the dialect has this instruction.
    public func contains(_ instruction: Instruction) -> Bool {
        switch instruction {
        case .arg, .include: self != .plain
        default: true
        }
    }

    /// The dialect that the first line of a text asks for, and what is wrong with the asking.
    static func declared(in source: SourceText) -> (dialect: ModelfileDialect, diagnostics: [Diagnostic]) {
        let line = source.range(ofLine: 1)
        guard let wanted = requested(in: source, line) else { return (.plain, []) }
        let name = source.text(in: wanted)
        if let dialect = ModelfileDialect(rawValue: name.lowercased()), dialect != .plain { return (dialect, []) }
        // Other programs have such lines too (`# syntax=docker/dockerfile:1`).
        guard name.lowercased().hasPrefix("quern") else { return (.plain, []) }
        let diagnostic = Diagnostic(
            .unknownSyntax, "unknown syntax '\(name)', this version of Quern knows 'quern/1'", at: wanted,
            fixIts: [.replace(wanted, with: ModelfileDialect.quern1.rawValue)])
        return (.quern1, [diagnostic])
    }

    /// What is wrong with comments below the first line that look like a syntax line: they have no effect.
    static func misplaced(in source: SourceText, comments: some Sequence<SourceRange>) -> [Diagnostic] {
        comments.compactMap { comment in
            guard source.line(at: comment.lowerBound) > 1, let wanted = requested(in: source, comment),
                source.text(in: wanted).lowercased().hasPrefix("quern/")
            else { return nil }
            return Diagnostic(
                .unknownSyntax, "the syntax line has an effect only as the first line of its file", at: comment,
                severity: .warning)
        }
    }

    /// What stands behind `# syntax=` in a comment, blanks aside.
    private static func requested(in source: SourceText, _ comment: SourceRange) -> SourceRange? {
        var cursor = SourceCursor(source)
        cursor.position = comment.lowerBound
        for word in ["#", "syntax", "="] {
            guard source.bytes[cursor.position..<comment.upperBound].starts(with: word.utf8) else { return nil }
            cursor.position += word.utf8.count
            _ = cursor.skip(while: SourceCursor.isBlank)
        }
        let end = cursor.trimmedEnd(of: min(cursor.position, comment.upperBound)..<comment.upperBound)
        return cursor.position < end ? cursor.position..<end : nil
    }
}
