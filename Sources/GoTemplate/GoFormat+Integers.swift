/// Integers: bases, signs, padding, characters.
extension GoFormat {
    mutating func integer(_ number: Int, verb: Unicode.Scalar, of value: TemplateValue) throws(TooLong) {
        switch verb {
        case "v", "d": try digits(number, radix: 10)
        case "b": try digits(number, radix: 2, prefix: "0b")
        case "o": try digits(number, radix: 8, prefix: "0")
        case "O": try digits(number, radix: 8, alwaysPrefix: "0o")
        case "x": try digits(number, radix: 16, prefix: "0x")
        case "X": try digits(number, radix: 16, prefix: "0X", uppercase: true)
        case "c": try pad(String(Self.scalar(number)))
        case "q": try pad(GoQuote.quoted(scalar: Self.scalar(number), asciiOnly: flags.plus))
        case "U": try codePoint(number)
        default: try wrongVerb(verb, value)
        }
    }

    private mutating func wrongVerb(_ verb: Unicode.Scalar, _ value: TemplateValue) throws(TooLong) {
        try write("%!" + String(verb) + "(" + value.typeName + "=")
        try argument(value, verb: "v")
        try write(")")
    }

    private static func scalar(_ number: Int) -> Unicode.Scalar {
        UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
    }

    /// - Parameters:
    ///   - prefix: written under the `#` flag.
    ///   - alwaysPrefix: written always.
    private mutating func digits(
        _ number: Int, radix: Int, prefix: String = "", alwaysPrefix: String = "", uppercase: Bool = false
    ) throws(TooLong) {
        var text = String(number.magnitude, radix: radix, uppercase: uppercase)
        let sign = number < 0 ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        var least = 0
        var padsWithZeros = false
        if let precision = flags.precision {
            least = precision
            if precision == 0, number == 0 {
                // Go writes nothing at all then, in a field of blanks.
                let saved = flags.zero
                flags.zero = false
                try pad("")
                flags.zero = saved
                return
            }
        } else if flags.zero, !flags.minus, let width = flags.width {
            least = width - sign.count
            padsWithZeros = true
        }
        if text.utf8.count < least { text = String(repeating: "0", count: least - text.utf8.count) + text }
        var shown = alwaysPrefix
        if flags.sharp, !(radix == 8 && text.hasPrefix("0")) { shown += prefix }
        if padsWithZeros { return try write(sign + shown + text) }
        let saved = flags.zero
        flags.zero = false
        try pad(sign + shown + text)
        flags.zero = saved
    }

    private mutating func codePoint(_ number: Int) throws(TooLong) {
        let scalar = Self.scalar(number)
        let text = String(UInt(bitPattern: number), radix: 16, uppercase: true)
        let least = max(4, flags.precision ?? 4)
        var shown = "U+" + String(repeating: "0", count: max(0, least - text.utf8.count)) + text
        if flags.sharp, Int(scalar.value) == number, GoQuote.isPrintable(scalar) { shown += " '\(scalar)'" }
        let saved = flags.zero
        flags.zero = false
        try pad(shown)
        flags.zero = saved
    }
}
