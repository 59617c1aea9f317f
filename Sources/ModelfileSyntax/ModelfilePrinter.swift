import Diagnostics

/// Writes instructions as the text of a Modelfile, so that reading it gives the same instructions.
///
/// A value gets quotes only where it needs them: `"…"` by choice, `"""…"""` where it has quotes of its own. Whether a way of
/// writing reads back is not argued but tried, with the scanner that the parser uses.
public enum ModelfilePrinter {
    /// One line or more for each entry, each ending with a newline.
    public static func print(_ entries: [ModelfileEntry]) throws(ModelfilePrintError) -> String {
        var text = ""
        for entry in entries { text += try print(entry) + "\n" }
        return text
    }

    /// The entry without a newline behind it.
    public static func print(_ entry: ModelfileEntry) throws(ModelfilePrintError) -> String { try layOut(entry).text }

    /// The entry without a newline behind it, and the quotes that its value got.
    package static func layOut(
        _ entry: ModelfileEntry
    ) throws(ModelfilePrintError) -> (text: String, quoting: ValueSyntax.Quoting) {
        let words = [entry.instruction.keyword, entry.argument].compactMap { $0 }.joined(separator: " ")
        for quoting in order(for: entry.value) {
            let text = words + " " + quoting.rawValue + entry.value + quoting.rawValue
            if readsBack(text, as: entry) { return (text, quoting) }
        }
        throw .inexpressible(instruction: words, reason: reason(for: entry))
    }

    /// The ways of writing a value, the one to be preferred first.
    private static func order(for value: String) -> [ValueSyntax.Quoting] {
        let needsQuotes =
            value.isEmpty || value.utf8.contains(where: SourceCursor.isNewline)
            || value.utf8.first.map(SourceCursor.isBlank) == true || value.utf8.last.map(SourceCursor.isBlank) == true
        if !needsQuotes { return [.bare, .tripleQuoted, .quoted] }
        return value.contains("\"") ? [.tripleQuoted, .quoted] : [.quoted, .tripleQuoted]
    }

    /// Whether `text`, followed by another instruction, is `entry` and nothing else.
    private static func readsBack(_ text: String, as entry: ModelfileEntry) -> Bool {
        let follower = ModelfileEntry(.from, "x")
        let tree = ModelfileSyntaxTree(parsing: SourceText(text + "\nFROM x\n"))
        // Warnings are no obstacle: a text may look like a mistake and be meant.
        return tree.entries == [entry, follower] && !tree.diagnostics.containsErrors
    }

    private static func reason(for entry: ModelfileEntry) -> String {
        if let argument = entry.argument, argument.isEmpty || argument.contains(where: \.isWhitespace) {
            return "its name '\(argument)' is not one word"
        }
        return "a line of its text ends with \"\"\", which would close the quotes"
    }
}

/// Why instructions cannot be written as a Modelfile.
public enum ModelfilePrintError: Error, Equatable, CustomStringConvertible {
    case inexpressible(instruction: String, reason: String)

    public var description: String {
        switch self {
        case .inexpressible(let instruction, let reason): "\(instruction) cannot be written in a Modelfile: \(reason)"
        }
    }
}
