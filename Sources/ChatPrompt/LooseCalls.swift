internal import JSONText

/// Calls whose arguments are not JSON: Python's `f(a="x", b=1)` and Gemma's `call:f{a:<|"|>x<|"|>,b:1}`.
enum LooseCalls {
    /// Signs that stand for quotes.
    static let quotes = ["<|\"|>", "<escape>"]

    static func hasBraces(_ text: [UInt8]) -> Bool {
        var cursor = ByteCursor(text)
        cursor.skipBlanks()
        return cursor.looksAt("call:")
    }

    static func isQuoteOpen(_ text: [UInt8]) -> Bool {
        quotes.contains { quote in
            var cursor = ByteCursor(text)
            var count = 0
            while cursor.take(through: quote) != nil { count += 1 }
            return count % 2 == 1
        }
    }

    /// Calls as Gemma writes them; what does not parse ends the list.
    static func braces(_ text: [UInt8]) -> [ToolCall] {
        var calls: [ToolCall] = []
        var literal = LooseLiteral(ByteCursor(text))
        while literal.cursor.take(through: "call:") != nil {
            guard let name = literal.cursor.take(through: "{"), !name.isEmpty,
                let arguments = literal.members(separator: UInt8(ascii: ":"), closing: UInt8(ascii: "}"))
            else { break }
            calls.append(ToolCall(name: name.text.trimmingBlanks, arguments: arguments))
        }
        return calls
    }

    /// Whether a text begins as a call in Python does.
    static func isPython(_ text: [UInt8]) -> Bool {
        var cursor = ByteCursor(text)
        cursor.skipBlanks()
        if cursor.take("[") { cursor.skipBlanks() }
        return !cursor.take(while: \.isNamePart).isEmpty && cursor.looksAt("(")
    }

    static func isList(_ text: [UInt8]) -> Bool { isPython(text) && text.first { !$0.isBlank } == UInt8(ascii: "[") }

    /// Where a list of calls as Python writes them ends: behind its last bracket; nil while it is open.
    static func endOfList(_ text: [UInt8]) -> Int? {
        var (depth, quote, isEscaped) = (0, UInt8(0), false)
        for (offset, byte) in text.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if quote != 0 {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return offset + 1 }
            }
        }
        return nil
    }

    /// Calls as Python writes them, in a list or alone; nil for a text that is not all of this.
    static func python(_ text: [UInt8]) -> [ToolCall]? {
        var calls: [ToolCall] = []
        var literal = LooseLiteral(ByteCursor(text))
        literal.cursor.skipBlanks()
        let isList = literal.cursor.take("[")
        while true {
            literal.cursor.skipBlanks()
            let name = literal.cursor.take(while: \.isNamePart).text
            guard !name.isEmpty, name.utf8.first.map({ $0 > UInt8(ascii: "9") }) ?? false, literal.cursor.take("("),
                let arguments = literal.members(separator: UInt8(ascii: "="), closing: UInt8(ascii: ")"))
            else { return nil }
            let isBuiltIn = name.hasSuffix(".call")
            calls.append(ToolCall(name: isBuiltIn ? String(name.dropLast(5)) : name, arguments: arguments))
            literal.cursor.skipBlanks()
            if literal.cursor.take(",") || literal.cursor.take(";") { continue }
            if isList, !literal.cursor.take("]") { return nil }
            literal.cursor.skipBlanks()
            if literal.cursor.isAtEnd { return calls }
            if isList { return nil }
        }
    }
}

/// Reads literals of Python and of Gemma's notation.
struct LooseLiteral {
    var cursor: ByteCursor
    private static let depthLimit = 64

    init(_ cursor: ByteCursor) { self.cursor = cursor }

    /// The value that a text is as a whole; nil where it is anything else.
    static func whole(_ text: String) -> JSONValue? {
        var literal = LooseLiteral(ByteCursor(Array(text.utf8)))
        let value = literal.value(depth: 0)
        literal.cursor.skipBlanks()
        return literal.cursor.isAtEnd ? value : nil
    }

    /// `key separator value`, with commas between, up to `closing`, which is taken; nil where it is anything else.
    mutating func members(separator: UInt8, closing: UInt8, depth: Int = 0) -> JSONObject? {
        var object = JSONObject()
        while true {
            cursor.skipBlanks()
            if cursor.next == closing {
                cursor.advance()
                return object
            }
            guard let key = quoted() ?? bareKey(separator) else { return nil }
            cursor.skipBlanks()
            guard cursor.next == separator else { return nil }
            cursor.advance()
            guard let value = value(depth: depth) else { return nil }
            object[key] = value
            cursor.skipBlanks()
            if cursor.next == UInt8(ascii: ",") {
                cursor.advance()
            } else if cursor.next != closing {
                return nil
            }
        }
    }

    private mutating func bareKey(_ separator: UInt8) -> String? {
        let key = cursor.take { $0 != separator && !$0.isBlank && !Self.ends($0) }
        return key.isEmpty ? nil : key.text
    }

    private static func ends(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ")")
    }

    private mutating func value(depth: Int) -> JSONValue? {
        guard depth < Self.depthLimit else { return nil }
        cursor.skipBlanks()
        if let text = quoted() { return .string(text) }
        switch cursor.next {
        case UInt8(ascii: "{"):
            cursor.advance()
            return members(separator: UInt8(ascii: ":"), closing: UInt8(ascii: "}"), depth: depth + 1).map { .object($0) }
        case UInt8(ascii: "["):
            cursor.advance()
            return list(closing: UInt8(ascii: "]"), depth: depth + 1)
        case UInt8(ascii: "("):
            cursor.advance()
            return list(closing: UInt8(ascii: ")"), depth: depth + 1)
        default: return word()
        }
    }

    private mutating func list(closing: UInt8, depth: Int) -> JSONValue? {
        var values: [JSONValue] = []
        while true {
            cursor.skipBlanks()
            if cursor.next == closing {
                cursor.advance()
                return .array(values)
            }
            guard let value = value(depth: depth) else { return nil }
            values.append(value)
            cursor.skipBlanks()
            if cursor.next == UInt8(ascii: ",") {
                cursor.advance()
            } else if cursor.next != closing {
                return nil
            }
        }
    }

    private mutating func word() -> JSONValue? {
        let word = cursor.take { !Self.ends($0) }.text.trimmingBlanks
        switch word {
        case "": return nil
        case "True", "true": return true
        case "False", "false": return false
        case "None", "null": return .null
        default: return (try? JSONValue(parsing: word, limits: .lenient)) ?? .string(word)
        }
    }

    /// A text between quotes of any kind; nil where none begins or it does not end.
    private mutating func quoted() -> String? {
        for quote in LooseCalls.quotes where cursor.looksAt(quote) {
            _ = cursor.take(quote)
            return cursor.take(through: quote)?.text
        }
        guard let quote = cursor.next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        cursor.advance()
        var bytes: [UInt8] = []
        while let byte = cursor.next {
            cursor.advance()
            if byte == quote, isEndOfText { return bytes.text }
            if byte == UInt8(ascii: "\\") { bytes += escape() } else { bytes.append(byte) }
        }
        return nil
    }

    /// Whether a quote just read ends its text: models, and some templates, do not escape those inside.
    private var isEndOfText: Bool {
        var rest = cursor
        rest.skipBlanks()
        guard let next = rest.next else { return true }
        return Self.ends(next) || next == UInt8(ascii: ":") || next == UInt8(ascii: "=")
    }

    /// What the characters behind a backslash stand for.
    private mutating func escape() -> [UInt8] {
        guard let byte = cursor.next else { return [UInt8(ascii: "\\")] }
        cursor.advance()
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return [byte]
        case UInt8(ascii: "u"), UInt8(ascii: "x"): return scalar(letter: byte)
        default: return [UInt8(ascii: "\\"), byte]
        }
    }

    private mutating func scalar(letter: UInt8) -> [UInt8] {
        let wanted = letter == UInt8(ascii: "u") ? 4 : 2
        let start = cursor.offset
        var digits = 0
        let text = cursor.take { byte in
            defer { digits += 1 }
            return digits < wanted && Character(UnicodeScalar(byte)).isHexDigit
        }.text
        guard text.utf8.count == wanted, let value = UInt32(text, radix: 16), let scalar = UnicodeScalar(value) else {
            cursor.move(to: start)
            return [UInt8(ascii: "\\"), letter]
        }
        return Array(String(scalar).utf8)
    }
}
