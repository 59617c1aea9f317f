/// Go's strconv: quoting text and reading quoted text back.
public enum GoQuote {
    /// `strconv.Quote`: what `%q` makes of a string.
    public static func quoted(_ text: String) -> String { quoted(Array(text.utf8)) }

    /// The scalar at an offset and how many bytes it takes; U+FFFD and 1 where the bytes are not UTF-8.
    static func decode(_ bytes: [UInt8], at offset: Int) -> (scalar: Unicode.Scalar, width: Int, isValid: Bool) {
        let first = bytes[offset]
        if first < 0x80 { return (Unicode.Scalar(first), 1, true) }
        var decoder = UTF8()
        var iterator = bytes[offset..<min(offset + 4, bytes.count)].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return ("\u{FFFD}", 1, false) }
        return (scalar, UTF8.width(scalar), true)
    }

    /// `strconv.Quote`, or `QuoteToASCII`.
    static func quoted(_ bytes: [UInt8], by quote: Unicode.Scalar = "\"", asciiOnly: Bool = false) -> String {
        String(decoding: quotedBytes(bytes, by: quote, asciiOnly: asciiOnly), as: UTF8.self)
    }

    static func quotedBytes(_ bytes: [UInt8], by quote: Unicode.Scalar = "\"", asciiOnly: Bool = false) -> [UInt8] {
        let mark = UInt8(truncatingIfNeeded: quote.value)
        var output = [mark]
        output.reserveCapacity(bytes.count + 2)
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if (0x20..<0x7F).contains(byte), byte != mark, byte != UInt8(ascii: "\\") {
                output.append(byte)
                offset += 1
                continue
            }
            let (scalar, width, isValid) = decode(bytes, at: offset)
            let text = isValid ? escaped(scalar, quote: quote, asciiOnly: asciiOnly) : "\\x" + hex(UInt32(byte), digits: 2)
            output.append(contentsOf: text.utf8)
            offset += width
        }
        output.append(mark)
        return output
    }

    /// `strconv.QuoteRune`: what `%q` makes of a number.
    static func quoted(scalar: Unicode.Scalar, asciiOnly: Bool = false) -> String {
        "'" + escaped(scalar, quote: "'", asciiOnly: asciiOnly) + "'"
    }

    private static func escaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, asciiOnly: Bool) -> String {
        switch scalar {
        case quote, "\\": return "\\" + String(scalar)
        case "\u{7}": return "\\a"
        case "\u{8}": return "\\b"
        case "\u{C}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{B}": return "\\v"
        case _ where isPrintable(scalar) && (!asciiOnly || scalar.isASCII): return String(scalar)
        case _ where scalar.value < 0x20 || scalar.value == 0x7F: return "\\x" + hex(scalar.value, digits: 2)
        case _ where scalar.value < 0x10000: return "\\u" + hex(scalar.value, digits: 4)
        default: return "\\U" + hex(scalar.value, digits: 8)
        }
    }

    /// `%#U`: `U+0040 '@'`.
    static func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let padded = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return isPrintable(scalar) ? padded + " '\(scalar)'" : padded
    }

    /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII blank.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator, .paragraphSeparator:
            return false
        default:
            return true
        }
    }

    static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

// MARK: - Reading

extension GoQuote {
    /// The text inside a Go string literal with its quotes; nil where an escape is not Go's.
    static func unquoted(_ literal: ArraySlice<UInt8>) -> [UInt8]? {
        guard let quote = literal.first, literal.count >= 2, literal.last == quote else { return nil }
        let content = Array(literal.dropFirst().dropLast())
        if quote == UInt8(ascii: "`") { return content.filter { $0 != UInt8(ascii: "\r") } }
        var output: [UInt8] = []
        var offset = 0
        while offset < content.count {
            guard let unit = readUnit(content, at: offset, quote: quote) else { return nil }
            output.append(contentsOf: unit.bytes)
            offset += unit.width
        }
        return output
    }

    /// The value of a character constant with its quotes, and whether it is the only character between them.
    static func unquotedScalar(_ literal: ArraySlice<UInt8>) -> (value: Int, isAlone: Bool)? {
        let content = Array(literal.dropFirst().dropLast())
        guard !content.isEmpty, let unit = readUnit(content, at: 0, quote: UInt8(ascii: "'")) else { return nil }
        return (unit.value, unit.width == content.count)
    }

    private static func readUnit(_ bytes: [UInt8], at offset: Int, quote: UInt8) -> (bytes: [UInt8], value: Int, width: Int)? {
        guard bytes[offset] == UInt8(ascii: "\\") else {
            if bytes[offset] == quote { return nil }
            let (scalar, width, isValid) = decode(bytes, at: offset)
            // Go turns each byte that is not UTF-8 into U+FFFD here.
            return isValid
                ? (Array(bytes[offset..<(offset + width)]), Int(scalar.value), width) : (Array("\u{FFFD}".utf8), 0xFFFD, 1)
        }
        guard offset + 1 < bytes.count else { return nil }
        let letter = bytes[offset + 1]
        switch letter {
        case UInt8(ascii: "x"): return readDigits(bytes, from: offset + 2, count: 2, radix: 16, prefix: 2, asByte: true)
        case UInt8(ascii: "u"): return readDigits(bytes, from: offset + 2, count: 4, radix: 16, prefix: 2, asByte: false)
        case UInt8(ascii: "U"): return readDigits(bytes, from: offset + 2, count: 8, radix: 16, prefix: 2, asByte: false)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return readDigits(bytes, from: offset + 1, count: 3, radix: 8, prefix: 1, asByte: true)
        default:
            guard let value = simpleEscapes[letter] ?? (letter == quote ? letter : nil) else { return nil }
            return ([value], Int(value), 2)
        }
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 92,
    ]

    private static func readDigits(
        _ bytes: [UInt8], from start: Int, count: Int, radix: Int, prefix: Int, asByte: Bool
    ) -> (bytes: [UInt8], value: Int, width: Int)? {
        guard start + count <= bytes.count else { return nil }
        let digits = String(decoding: bytes[start..<(start + count)], as: UTF8.self)
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = Int(digits, radix: radix)
        else { return nil }
        if asByte { return value < 256 ? ([UInt8(value)], value, prefix + count) : nil }
        guard let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init) else { return nil }
        return (Array(String(scalar).utf8), value, prefix + count)
    }
}
