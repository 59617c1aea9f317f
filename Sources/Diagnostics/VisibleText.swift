/// Text from a file made fit to be shown: nothing in it can move the cursor, colour the screen or turn the reading direction.
public enum VisibleText {
    /// `text` with control characters as their pictures (`␛` for escape), tabs and newlines included.
    public static func of(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result.unicodeScalars.append(of(scalar)) }
        return result
    }

    static func of(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80..<0xA0, 0x2028, 0x2029: "\u{FFFD}"
        // Bidirectional controls can make a line read as what it is not.
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: scalar
        }
    }

    /// The name of a scalar in messages: `U+00A0 NO-BREAK SPACE`.
    public static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let name = scalar.properties.name ?? scalar.properties.nameAlias
        return name.map { "\(code) \($0)" } ?? code
    }
}
