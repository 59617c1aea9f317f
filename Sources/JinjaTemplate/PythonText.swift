/// Values as Python writes them: `str`, `repr` and the layout of floats.
enum PythonText {
    /// `str(value)`
    static func string(_ value: JinjaValue) throws(JinjaProblem) -> JinjaString {
        switch value {
        case .string(let text): return text
        case .undefined, .missing: return JinjaString(bytes: [])
        default:
            var writer = PythonWriter()
            try writer.write(value, depth: 0)
            return JinjaString(bytes: writer.output)
        }
    }

    /// `repr(value)`
    static func representation(_ value: JinjaValue) throws(JinjaProblem) -> JinjaString {
        var writer = PythonWriter()
        try writer.write(value, depth: 0)
        return JinjaString(bytes: writer.output)
    }

    /// The beginning of `repr(value)`, for messages.
    static func shortRepresentation(_ value: JinjaValue) -> String {
        let text = (try? representation(value).text) ?? "…"
        return text.unicodeScalars.count > 80 ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(80))) + "…" : text
    }

    /// `repr` of a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16.
    static func float(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let decimal = DecimalDigits(value)
        let point = decimal.point
        let digits = decimal.digits
        let sign = value.sign == .minus ? "-" : ""
        if point > 16 || point < -3 {
            let exponent = point - 1
            let fraction = digits.dropFirst()
            let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
            return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e" + (exponent < 0 ? "-" : "+") + power
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point { return sign + digits + String(repeating: "0", count: point - digits.count) + ".0" }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
}

/// The shortest decimal digits of a float: 0.`digits` times ten to the `point`.
struct DecimalDigits {
    let digits: String
    let point: Int

    init(_ value: Double) {
        var text = value.magnitude.description[...]
        var exponent = 0
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...].drop { $0 == "+" }) ?? 0
            text = text[..<mark]
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts.first.map(String.init) ?? ""
        var digits = (whole + (parts.count > 1 ? String(parts[1]) : ""))[...]
        var point = whole.count + exponent
        while digits.hasPrefix("0"), digits.count > 1 {
            digits = digits.dropFirst()
            point -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits = digits.dropLast() }
        self.digits = String(digits)
        self.point = digits == "0" ? 1 : point
    }
}

/// Writes `repr`; strings only inside of other values, and at the top where asked for.
struct PythonWriter {
    private(set) var output: [UInt8] = []
    /// Far above what a context can hold, far below what a stack can.
    private static let depthLimit = 400
    private static let byteLimit = 16 << 20

    mutating func write(_ value: JinjaValue, depth: Int) throws(JinjaProblem) {
        if depth > Self.depthLimit { throw .limit("values nested deeper than \(Self.depthLimit)") }
        if output.count > Self.byteLimit { throw .limit("a value that takes more than \(Self.byteLimit) bytes to write") }
        switch value {
        case .missing, .undefined: put("Undefined")
        case .none: put("None")
        case .bool(let value): put(value ? "True" : "False")
        case .int(let value): put(String(value))
        case .wide(let digits): output += digits.bytes
        case .float(let value): put(PythonText.float(value))
        case .string(let text): quote(text)
        case .list(let list): try write(list.elements, "[", "]", depth)
        case .tuple(let list): try write(list.elements, "(", list.elements.count == 1 ? ",)" : ")", depth)
        case .dict(let dict): try write(dict, depth)
        case .range(let range):
            put("range(\(range.start), \(range.stop)\(range.step == 1 ? "" : ", \(range.step)"))")
        case .view(let view):
            put("dict_\(view.kind.rawValue)(")
            try write(view.elements, "[", "]", depth)
            put(")")
        case .namespace(let namespace):
            put("<Namespace ")
            try write(JinjaDict(keys: namespace.keys.map { .string($0) }, values: namespace.values), depth)
            put(">")
        case .macro(let macro): put("<Macro '\(macro.name)'>")
        case .loop(let loop): put("<LoopContext \(loop.index + 1)/\(loop.items.count)>")
        case .iterator(let iterator): put("<\(iterator.typeName) object>")
        case .function(let function): put("<function \(function.rawValue)>")
        case .method(let method): put("<built-in method \(method.name) of \(method.receiver.typeName) object>")
        case .cycler: put("<jinja2.utils.Cycler object>")
        case .joiner: put("<jinja2.utils.Joiner object>")
        }
    }

    private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func write(
        _ elements: [JinjaValue], _ opening: String, _ closing: String, _ depth: Int
    ) throws(JinjaProblem) {
        put(opening)
        for (index, element) in elements.enumerated() {
            if index > 0 { put(", ") }
            try write(element, depth: depth + 1)
        }
        put(closing)
    }

    private mutating func write(_ dict: JinjaDict, _ depth: Int) throws(JinjaProblem) {
        put("{")
        for (index, (key, value)) in dict.items.enumerated() {
            if index > 0 { put(", ") }
            try write(key, depth: depth + 1)
            put(": ")
            try write(value, depth: depth + 1)
        }
        put("}")
    }

    private mutating func quote(_ text: JinjaString) {
        let prefersDouble = text.bytes.contains(UInt8(ascii: "'")) && !text.bytes.contains(UInt8(ascii: "\""))
        let mark: Unicode.Scalar = prefersDouble ? "\"" : "'"
        output.append(UInt8(mark.value))
        for scalar in text.text.unicodeScalars { put(scalar, mark) }
        output.append(UInt8(mark.value))
    }

    private mutating func put(_ scalar: Unicode.Scalar, _ mark: Unicode.Scalar) {
        switch scalar {
        case mark, "\\": output += [UInt8(ascii: "\\"), UInt8(scalar.value)]
        case "\n": put("\\n")
        case "\r": put("\\r")
        case "\t": put("\\t")
        case _ where scalar.isPythonPrintable: output.append(contentsOf: UTF8.encode(scalar) ?? .init())
        case _ where scalar.value < 0x100: put("\\x" + Self.hex(scalar.value, 2))
        case _ where scalar.value < 0x10000: put("\\u" + Self.hex(scalar.value, 4))
        default: put("\\U" + Self.hex(scalar.value, 8))
        }
    }

    private static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Unicode.Scalar {
    /// `str.isprintable` of one character: no control, format, surrogate, private, unassigned or separator but the space.
    var isPythonPrintable: Bool {
        if isASCII { return value >= 32 && value < 127 }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator, .paragraphSeparator:
            return false
        default: return true
        }
    }
}
