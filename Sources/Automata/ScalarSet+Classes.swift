/// The classes that regular expressions name: `\d`, `\w`, `\s`, `.` as ECMA-262 §22.2.2 defines them, and `\p{…}`.
extension ScalarSet {
    public static let digits = ScalarSet("0"..."9")
    public static let wordCharacters = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// WhiteSpace and LineTerminator of ECMA-262 §12.2 and §12.3.
    public static let whitespace = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F,
        0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    public static let lineTerminators = ScalarSet("\n", "\r", "\u{2028}", "\u{2029}")
    public static let controls = ScalarSet([0...0x1F])

    /// The set that `\p{name}` or `\p{key=value}` names: a general category, its group, or one of the common binary properties;
    /// nil where Swift's Unicode tables cannot tell (scripts).
    public static func property(_ name: String) -> ScalarSet? {
        let parts = name.split(separator: "=", omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard ["General_Category", "gc"].contains(String(parts[0])) else { return nil }
            return category(String(parts[1]))
        }
        switch name {
        case "Any": return .all
        case "ASCII": return ScalarSet([0...0x7F])
        case "Alphabetic", "Alpha": return matching { $0.properties.isAlphabetic }
        case "Uppercase", "Upper": return matching { $0.properties.isUppercase }
        case "Lowercase", "Lower": return matching { $0.properties.isLowercase }
        case "White_Space", "space": return matching { $0.properties.isWhitespace }
        case "Emoji": return matching { $0.properties.isEmoji }
        case "Emoji_Presentation", "EPres": return matching { $0.properties.isEmojiPresentation }
        case "ID_Start", "IDS": return matching { $0.properties.isIDStart }
        case "ID_Continue", "IDC": return matching { $0.properties.isIDContinue }
        default: return category(name)
        }
    }

    private static func category(_ name: String) -> ScalarSet? {
        guard let wanted = categories[name] else { return nil }
        return matching { wanted.contains($0.properties.generalCategory) }
    }

    private static func matching(_ test: (Unicode.Scalar) -> Bool) -> ScalarSet {
        var ranges: [ClosedRange<UInt32>] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), test(scalar) else { continue }
            if let last = ranges.last, last.upperBound + 1 == value {
                ranges[ranges.count - 1] = last.lowerBound...value
            } else {
                ranges.append(value...value)
            }
        }
        return ScalarSet(ranges)
    }

    /// Short and long names of the general categories (Unicode Standard Annex 44, table 12).
    private static let categories: [String: Set<Unicode.GeneralCategory>] = {
        let single: [(String, String, Unicode.GeneralCategory)] = [
            ("Lu", "Uppercase_Letter", .uppercaseLetter), ("Ll", "Lowercase_Letter", .lowercaseLetter),
            ("Lt", "Titlecase_Letter", .titlecaseLetter), ("Lm", "Modifier_Letter", .modifierLetter),
            ("Lo", "Other_Letter", .otherLetter), ("Mn", "Nonspacing_Mark", .nonspacingMark),
            ("Mc", "Spacing_Mark", .spacingMark), ("Me", "Enclosing_Mark", .enclosingMark),
            ("Nd", "Decimal_Number", .decimalNumber), ("Nl", "Letter_Number", .letterNumber), ("No", "Other_Number", .otherNumber),
            ("Pc", "Connector_Punctuation", .connectorPunctuation), ("Pd", "Dash_Punctuation", .dashPunctuation),
            ("Ps", "Open_Punctuation", .openPunctuation), ("Pe", "Close_Punctuation", .closePunctuation),
            ("Pi", "Initial_Punctuation", .initialPunctuation), ("Pf", "Final_Punctuation", .finalPunctuation),
            ("Po", "Other_Punctuation", .otherPunctuation), ("Sm", "Math_Symbol", .mathSymbol),
            ("Sc", "Currency_Symbol", .currencySymbol), ("Sk", "Modifier_Symbol", .modifierSymbol),
            ("So", "Other_Symbol", .otherSymbol),
            ("Zs", "Space_Separator", .spaceSeparator), ("Zl", "Line_Separator", .lineSeparator),
            ("Zp", "Paragraph_Separator", .paragraphSeparator), ("Cc", "Control", .control), ("Cf", "Format", .format),
            ("Co", "Private_Use", .privateUse), ("Cn", "Unassigned", .unassigned),
        ]
        let groups = ["L": "Letter", "M": "Mark", "N": "Number", "P": "Punctuation", "S": "Symbol", "Z": "Separator", "C": "Other"]
        var table: [String: Set<Unicode.GeneralCategory>] = [:]
        for (short, long, category) in single {
            table[short] = [category]
            table[long] = [category]
            for (letter, group) in groups where short.hasPrefix(letter) {
                table[letter, default: []].insert(category)
                table[group, default: []].insert(category)
            }
        }
        table["punct"] = table["P"]
        table["digit"] = table["Nd"]
        return table
    }()
}
