/// Words inside `{{ … }}` and `{% … %}`.
extension JinjaLexer {
    mutating func lexExpression(isBlock: Bool, opening: Int) throws(JinjaProblem) {
        var brackets: [JinjaSymbol] = []
        while position < end {
            position = SpaceScan.skipForward(bytes, position..<end)
            guard position < end else { break }
            if brackets.isEmpty, lexEnd(isBlock: isBlock) { return }
            try lexWord(&brackets)
        }
        // The parser complains about the missing end, in its own words and at its own place.
    }

    private mutating func lexEnd(isBlock: Bool) -> Bool {
        let start = position
        if isBlock {
            guard let after = tagEnd("%}", at: start) else { return false }
            tokens.append(JinjaToken(kind: .blockEnd, range: start..<min(after, start + 3)))
            position = after
            return true
        }
        if starts("}}", at: start) {
            position = start + 2
        } else if starts("-}}", at: start) {
            position = SpaceScan.skipForward(bytes, (start + 3)..<end)
        } else {
            return false
        }
        tokens.append(JinjaToken(kind: .outputEnd, range: start..<min(position, start + 3)))
        return true
    }

    private mutating func lexWord(_ brackets: inout [JinjaSymbol]) throws(JinjaProblem) {
        let start = position
        let byte = bytes[start]
        if byte.isDigit, lexFloat() || lexInteger() { return }
        if byte.isWordByte { return try lexName() }
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\""), try lexString(quote: byte) { return }
        guard let symbol = symbol(at: start) else {
            throw problem("unexpected char '\(Unicode.Scalar(byte))'", start..<(start + 1))
        }
        position += symbol.rawValue.utf8.count
        try balance(symbol, &brackets, start..<position)
        tokens.append(JinjaToken(kind: .symbol(symbol), range: start..<position))
    }

    private func symbol(at offset: Int) -> JinjaSymbol? {
        if offset + 1 < end {
            let pair = String(decoding: bytes[offset..<(offset + 2)], as: UTF8.self)
            if let symbol = JinjaSymbol(rawValue: pair) { return symbol }
        }
        return JinjaSymbol(rawValue: String(decoding: bytes[offset..<(offset + 1)], as: UTF8.self))
    }

    private func balance(
        _ symbol: JinjaSymbol, _ brackets: inout [JinjaSymbol], _ range: Range<Int>
    ) throws(JinjaProblem) {
        switch symbol {
        case .openBrace: brackets.append(.closeBrace)
        case .openParenthesis: brackets.append(.closeParenthesis)
        case .openBracket: brackets.append(.closeBracket)
        case .closeBrace, .closeParenthesis, .closeBracket:
            guard let expected = brackets.popLast() else { throw problem("unexpected '\(symbol.rawValue)'", range) }
            if expected != symbol {
                throw problem("unexpected '\(symbol.rawValue)', expected '\(expected.rawValue)'", range)
            }
        default: break
        }
    }

    private mutating func lexName() throws(JinjaProblem) {
        let start = position
        while position < end, bytes[position].isWordByte { position += 1 }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        let isIdentifier =
            !bytes[start].isDigit
            && name.unicodeScalars.allSatisfy { $0.isASCII || $0.properties.isXIDContinue }
        guard isIdentifier else { throw problem("Invalid character in identifier", start..<position) }
        tokens.append(JinjaToken(kind: .name(name), range: start..<position))
    }

    // MARK: - Numbers

    /// The offset after digits that may have single underscores between them; nil where there is none.
    private func digits(from start: Int, radix: Int = 10, leadingUnderscore: Bool = false) -> Int? {
        var offset = start
        var last: Int?
        var mayTakeUnderscore = leadingUnderscore
        while let byte = byte(offset) {
            if let value = byte.hexDigit, value < radix {
                last = offset + 1
                mayTakeUnderscore = true
            } else if byte == UInt8(ascii: "_"), mayTakeUnderscore {
                mayTakeUnderscore = false
            } else {
                break
            }
            offset += 1
        }
        return last
    }

    private mutating func lexFloat() -> Bool {
        let start = position
        if start > 0, bytes[start - 1] == UInt8(ascii: ".") { return false }
        guard let whole = digits(from: start) else { return false }
        var after = whole
        if byte(whole) == UInt8(ascii: "."), let fraction = digits(from: whole + 1) { after = fraction }
        if let mark = byte(after), mark | 0x20 == UInt8(ascii: "e") {
            let sign = byte(after + 1)
            let hasSign = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
            if let exponent = digits(from: after + (hasSign ? 2 : 1)) { after = exponent }
        }
        guard after > whole else { return false }
        let text = String(decoding: bytes[start..<after].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        tokens.append(JinjaToken(kind: .float(Double(text) ?? .infinity), range: start..<after))
        position = after
        return true
    }

    private mutating func lexInteger() -> Bool {
        let start = position
        var after: Int?
        var radix = 10
        if bytes[start] == UInt8(ascii: "0") {
            let radices: [UInt8: Int] = [UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8, UInt8(ascii: "x"): 16]
            if let mark = byte(start + 1), let other = radices[mark | 0x20],
                let found = digits(from: start + 2, radix: other, leadingUnderscore: true)
            {
                (after, radix) = (found, other)
            } else {
                after = digits(from: start, radix: 1)
            }
        } else {
            after = digits(from: start)
        }
        guard let after else { return false }
        let text = String(
            decoding: bytes[(start + (radix == 10 ? 0 : 2))..<after].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        let kind: JinjaToken.Kind = Int(text, radix: radix).map { .integer($0) } ?? .wideInteger(JinjaString(text))
        tokens.append(JinjaToken(kind: kind, range: start..<after))
        position = after
        return true
    }

    // MARK: - Strings

    private mutating func lexString(quote: UInt8) throws(JinjaProblem) -> Bool {
        let start = position
        var offset = start + 1
        while let byte = byte(offset), byte != quote {
            offset += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        guard offset < end else { return false }
        let range = start..<(offset + 1)
        let body = Self.normalizingNewlines(bytes[(start + 1)..<offset])
        tokens.append(JinjaToken(kind: .string(try StringEscapes.decode(body, range: range)), range: range))
        position = offset + 1
        return true
    }
}

/// Python's escapes in string literals.
enum StringEscapes {
    static func decode(_ body: [UInt8], range: Range<Int>) throws(JinjaProblem) -> JinjaString {
        guard body.contains(UInt8(ascii: "\\")) else { return JinjaString(bytes: body) }
        var decoded = JinjaString(bytes: [])
        var offset = 0
        while offset < body.count {
            guard body[offset] == UInt8(ascii: "\\"), offset + 1 < body.count else {
                decoded.bytes.append(body[offset])
                offset += 1
                continue
            }
            offset = try escape(body, offset + 1, into: &decoded, range)
        }
        return decoded
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8,
        UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    ]

    /// Appends what the escape at `offset` (after the backslash) stands for and returns the offset after it.
    private static func escape(
        _ body: [UInt8], _ offset: Int, into decoded: inout JinjaString, _ range: Range<Int>
    ) throws(JinjaProblem) -> Int {
        let mark = body[offset]
        if let byte = simple[mark] {
            decoded.bytes.append(byte)
            return offset + 1
        }
        switch mark {
        case UInt8(ascii: "\n"): return offset + 1
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return try number(body, offset, most: 3, least: 1, radix: 8, into: &decoded, range)
        case UInt8(ascii: "x"): return try number(body, offset + 1, most: 2, least: 2, radix: 16, into: &decoded, range)
        case UInt8(ascii: "u"): return try number(body, offset + 1, most: 4, least: 4, radix: 16, into: &decoded, range)
        case UInt8(ascii: "U"): return try number(body, offset + 1, most: 8, least: 8, radix: 16, into: &decoded, range)
        case UInt8(ascii: "N"): throw JinjaProblem("characters by name are not known", kind: .syntax, range: range)
        default:
            decoded.bytes += [UInt8(ascii: "\\"), mark]
            return offset + 1
        }
    }

    private static func number(
        _ body: [UInt8], _ start: Int, most: Int, least: Int, radix: Int, into decoded: inout JinjaString, _ range: Range<Int>
    ) throws(JinjaProblem) -> Int {
        var value: UInt32 = 0
        var offset = start
        while offset < body.count, offset - start < most, let digit = body[offset].hexDigit, digit < radix {
            value = value &* UInt32(radix) &+ UInt32(digit)
            offset += 1
        }
        guard offset - start >= least, let scalar = Unicode.Scalar(value) else {
            throw JinjaProblem("escape in string does not name a character", kind: .syntax, range: range)
        }
        decoded.append(scalar)
        return offset
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// A letter, a digit, an underscore, or part of a character past ASCII.
    var isWordByte: Bool {
        isDigit || self == UInt8(ascii: "_") || self >= 0x80
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    var hexDigit: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self) - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self) - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self) - 55
        default: nil
        }
    }
}
