/// A strict parser of RFC 8259 over bytes, with limits.
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0

    init(_ bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.byteCount else {
            throw error("\(bytes.count) bytes of JSON, more than the limit of \(limits.byteCount)", at: 0)
        }
        // A byte order mark is no JSON, but editors leave it.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipBlanks()
        let value = try parseValue(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw error("text after the end of the document") }
        return value
    }

    private func error(_ problem: String, at offset: Int? = nil) -> JSONError {
        JSONError(problem, at: offset ?? position, in: bytes)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private func found() -> String {
        guard let byte = current else { return "the end" }
        return byte < 0x80 && byte >= 0x20 ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.depth else { throw error("arrays and objects nested deeper than \(limits.depth)") }
        switch current {
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth))
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N") where limits.allowsNonFiniteNumbers: return try word("NaN", .number(JSONNumber(verified: "NaN")))
        case UInt8(ascii: "I") where limits.allowsNonFiniteNumbers:
            return try word("Infinity", .number(JSONNumber(verified: "Infinity")))
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try parseNumber())
        default: throw error("expected a value, found \(found())")
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[position...].starts(with: text.utf8) else { throw error("expected a value, found \(found())") }
        position += text.utf8.count
        return value
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
        position += 1
        var object = JSONObject()
        skipBlanks()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            skipBlanks()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw error("expected a key in quotes, found \(found())") }
            let key = try parseString()
            if !limits.allowsDuplicateKeys, object[key] != nil { throw error("key \"\(key)\" comes twice", at: start) }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw error("expected ':' after key \"\(key)\", found \(found())") }
            skipBlanks()
            object[key] = try parseValue(depth: depth + 1)
            skipBlanks()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw error("expected ',' or '}', found \(found())") }
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
        position += 1
        var array: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return array }
        while true {
            skipBlanks()
            array.append(try parseValue(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return array }
            guard take(UInt8(ascii: ",")) else { throw error("expected ',' or ']', found \(found())") }
        }
    }

    private mutating func parseNumber() throws(JSONError) -> JSONNumber {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if limits.allowsNonFiniteNumbers, current == UInt8(ascii: "I") {
            _ = try word("Infinity", .null)
            return JSONNumber(verified: "-Infinity")
        }
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return JSONNumber(verified: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
        if position == start { throw error("expected a digit, found \(found())") }
    }

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings have no escape and are one slice.
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position], at: start)
        }
        var content = Array(bytes[start..<position])
        while true {
            guard let byte = current else { throw error("a string without its closing quote", at: start - 1) }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(content[...], at: start)
            case UInt8(ascii: "\\"): try parseEscape(into: &content)
            case 0..<0x20: throw error("a control character (byte \(byte)) in a string")
            default:
                content.append(byte)
                position += 1
            }
        }
    }

    private func text(_ content: ArraySlice<UInt8>, at offset: Int) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw error("a string that is not valid UTF-8", at: offset)
        }
        return text
    }

    private mutating func parseEscape(into content: inout [UInt8]) throws(JSONError) {
        position += 1
        guard let letter = current else { throw error("an escape without its letter") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: String(Character(try parseUnicodeEscape())).utf8)
        default: throw error("unknown escape '\\\(Character(Unicode.Scalar(letter)))'", at: position - 2)
        }
    }

    /// The scalar of `\uXXXX`, or of a surrogate pair; half a pair becomes U+FFFD, as in Go.
    private mutating func parseUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let high = try parseHexQuad()
        if let scalar = Unicode.Scalar(high) { return scalar }
        let afterHigh = position
        if high < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try parseHexQuad()
            if low >= 0xDC00, low < 0xE000,
                let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
            {
                return scalar
            }
        }
        position = afterHigh
        return "\u{FFFD}"
    }

    private mutating func parseHexQuad() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count, bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let quad = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits after '\\u'") }
        position += 4
        return quad
    }
}

extension JSONValue {
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        var parser = JSONParser(bytes, limits: limits)
        self = try parser.parseDocument()
    }

    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}
