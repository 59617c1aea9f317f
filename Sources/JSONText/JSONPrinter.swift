/// How a JSON value is written. Each style is somebody's exact bytes.
public enum JSONStyle: Sendable, Equatable {
    /// No blanks, keys as they are.
    case compact
    /// Two spaces a level, keys as they are.
    case pretty
    /// Go's encoding/json: no blanks, `<`, `>`, `&`, U+2028 and U+2029 escaped.
    case go
    /// The same for a Go map: keys sorted by their bytes, on every level.
    case goSorted
    /// Python's json.dumps: ", " and ": " between, everything past ASCII escaped if asked for.
    case python(ensureASCII: Bool)
    /// No blanks, keys sorted by their bytes: equal values have equal texts.
    case canonical
}

extension JSONValue {
    public func text(_ style: JSONStyle = .compact) -> String { String(decoding: bytes(style), as: UTF8.self) }

    public func bytes(_ style: JSONStyle = .compact) -> [UInt8] {
        var printer = JSONPrinter(style: style)
        printer.write(self, indentation: 0)
        return printer.output
    }
}

extension [UInt8] {
    /// Appends a text as compact JSON, in quotes: for writers of long documents that need no values in between.
    public mutating func appendJSON(_ text: String) {
        var printer = JSONPrinter(style: .compact)
        swap(&printer.output, &self)
        printer.write(string: text)
        swap(&printer.output, &self)
    }
}

struct JSONPrinter {
    let style: JSONStyle
    fileprivate(set) var output: [UInt8] = []

    init(style: JSONStyle) { self.style = style }

    private var sortsKeys: Bool { style == .goSorted || style == .canonical }
    private var escapesHTML: Bool { style == .go || style == .goSorted }
    private var escapesPastASCII: Bool { style == .python(ensureASCII: true) }
    private var isPython: Bool { if case .python = style { true } else { false } }

    mutating func write(_ value: JSONValue, indentation: Int) {
        switch value {
        case .null: put("null")
        case .bool(let value): put(value ? "true" : "false")
        case .number(let number): put(number.text)
        case .string(let text): write(string: text)
        case .array(let elements):
            writeList("[", "]", elements, indentation) { $0.write($1, indentation: indentation + 1) }
        case .object(let object):
            writeList("{", "}", sortsKeys ? object.sorted() : object, indentation) { printer, member in
                printer.write(string: member.key)
                printer.put(printer.isPython || printer.style == .pretty ? ": " : ":")
                printer.write(member.value, indentation: indentation + 1)
            }
        }
    }

    private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func writeList<Elements: Sequence>(
        _ open: String, _ close: String, _ elements: Elements, _ indentation: Int,
        _ writeElement: (inout JSONPrinter, Elements.Element) -> Void
    ) {
        put(open)
        var isEmpty = true
        for element in elements {
            if !isEmpty { put(isPython ? ", " : ",") }
            isEmpty = false
            breakLine(indentation + 1)
            writeElement(&self, element)
        }
        if !isEmpty { breakLine(indentation) }
        put(close)
    }

    private mutating func breakLine(_ indentation: Int) {
        guard style == .pretty else { return }
        put("\n" + String(repeating: "  ", count: indentation))
    }

    mutating func write(string: String) {
        output.append(UInt8(ascii: "\""))
        // Most texts have nothing that any style escapes.
        if string.utf8.allSatisfy(Self.isPlain) {
            output.append(contentsOf: string.utf8)
        } else {
            for scalar in string.unicodeScalars { write(scalar: scalar) }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Whether a byte stands for itself in every style.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): false
        default: (0x20..<0x7F).contains(byte)
        }
    }

    private mutating func write(scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": put("\\\"")
        case "\\": put("\\\\")
        case "\n": put("\\n")
        case "\r": put("\\r")
        case "\t": put("\\t")
        case "\u{8}": put("\\b")
        case "\u{C}": put("\\f")
        case "\u{0}"..<" ": escape(UInt16(scalar.value))
        case "<", ">", "&": escapesHTML ? escape(UInt16(scalar.value)) : output.append(UInt8(scalar.value))
        case "\u{2028}", "\u{2029}":
            if escapesHTML || escapesPastASCII { escape(UInt16(scalar.value)) } else { put(String(scalar)) }
        case "\u{7F}" where escapesPastASCII: escape(0x7F)
        case _ where scalar.isASCII: output.append(UInt8(scalar.value))
        case _ where escapesPastASCII: for unit in UTF16.encode(scalar) ?? .init() { escape(unit) }
        default: output.append(contentsOf: UTF8.encode(scalar) ?? .init())
        }
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
