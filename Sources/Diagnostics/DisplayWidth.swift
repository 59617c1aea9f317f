/// How many cells of a terminal a text takes: what tables, carets and the line editor align by.
///
/// East Asian wide and full-width characters and emoji take two cells, combining marks and format characters none. A character
/// here is what Swift takes for one (an extended grapheme cluster), so an emoji joined from several scalars counts once.
public enum DisplayWidth {
    public static func of(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + of($1) } }

    public static func of(_ character: Character) -> Int {
        if let ascii = character.asciiValue { return ascii >= 0x20 && ascii != 0x7F ? 1 : 0 }
        let scalars = character.unicodeScalars
        if isEmoji(scalars) { return 2 }
        return scalars.reduce(0) { $0 + of($1) }
    }

    /// The cells of a scalar that stands alone.
    public static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value >= 0x20 && scalar.value < 0x7F { return 1 }
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator:
            // A soft hyphen is a format character that terminals show.
            return scalar.value == 0xAD ? 1 : 0
        default: break
        }
        if isJoiningJamo(scalar) { return 0 }
        return EastAsianWidthTable.isWide(scalar) || scalar.properties.isEmojiPresentation ? 2 : 1
    }

    /// `text` cut to at most `width` cells, between characters; a cut is marked by `…`, which is counted.
    public static func truncating(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var kept = ""
        var used = 0
        for character in text {
            let cells = of(character)
            if used + cells > width - 1 { break }
            kept.append(character)
            used += cells
        }
        return kept + "…"
    }

    /// `text` followed by as many blanks as it lacks to fill `width` cells.
    public static func padding(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - of(text)))
    }

    /// Vowels and finals of Hangul, which join the consonant before them in one cell pair.
    private static func isJoiningJamo(_ scalar: Unicode.Scalar) -> Bool {
        (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value)
    }

    /// Whether the scalars together are drawn as one picture: a joined or toned emoji, a flag, a keycap.
    private static func isEmoji(_ scalars: Character.UnicodeScalarView) -> Bool {
        guard let first = scalars.first, first.properties.isEmoji else { return false }
        if first.properties.isEmojiPresentation { return true }
        return scalars.dropFirst().contains { $0.value == 0xFE0F || $0.value == 0x20E3 || $0.properties.isEmojiModifier }
    }
}
