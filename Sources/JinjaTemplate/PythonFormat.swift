/// How one value is laid out by `%` and by `str.format`.
struct PythonFormat {
    var fill: Unicode.Scalar = " "
    /// `<`, `>`, `^` or `=`; nil where the kind of value decides.
    var alignment: Unicode.Scalar?
    /// `+` or a blank in front of positive numbers.
    var sign: Unicode.Scalar?
    var isAlternate = false
    var width = 0
    var precision: Int?
    var grouping: Unicode.Scalar?
    var kind: Unicode.Scalar?

    static let widest = 1_000_000

    /// Lays out a value; `kind` nil is what the value's type gives.
    func text(of value: JinjaValue) throws(JinjaProblem) -> JinjaString {
        switch (value, kind) {
        case (.string(let text), nil), (.string(let text), "s"): return pad(cut(text), isNumber: false)
        case (.float(let number), nil) where precision == nil:
            return pad(signed(JinjaString(PythonText.float(number))), isNumber: true)
        case (.int(let number), nil): return pad(signed(JinjaString(grouped(String(number)))), isNumber: true)
        case (_, "d"), (_, "i"), (_, "u"), (_, "x"), (_, "X"), (_, "o"), (_, "b"), (_, "c"): return try integer(value)
        case (_, "f"), (_, "F"), (_, "e"), (_, "E"), (_, "g"), (_, "G"), (_, "%"), (.float, nil): return try float(value)
        case (_, nil), (_, "s"): return pad(cut(try PythonText.string(value)), isNumber: false)
        default:
            throw JinjaProblem(
                "Unknown format code '\(kind.map { String($0) } ?? "")' for object of type '\(value.typeName)'")
        }
    }

    private func cut(_ text: JinjaString) -> JinjaString {
        precision.map { $0 < text.count ? text.slice(0..<$0) : text } ?? text
    }

    private func integer(_ value: JinjaValue) throws(JinjaProblem) -> JinjaString {
        let number: Int
        switch value.numeric {
        case .int(let int)?: number = int
        case .float(let double)?:
            guard let int = Int(exactly: double.rounded(.towardZero)) else { throw .limit("an integer of more than 64 bits") }
            number = int
        case nil:
            throw JinjaProblem("%\(kind.map { String($0) } ?? "d") format: a real number is required, not \(value.typeName)")
        }
        if kind == "c" {
            guard let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) else {
                throw JinjaProblem("%c arg not in range(0x110000)")
            }
            return pad(JinjaString(scalars: CollectionOfOne(scalar)), isNumber: false)
        }
        let radix = kind == "x" || kind == "X" ? 16 : kind == "o" ? 8 : kind == "b" ? 2 : 10
        var digits = String(number.magnitude, radix: radix, uppercase: kind == "X")
        if let precision, digits.count < precision { digits = String(repeating: "0", count: precision - digits.count) + digits }
        let prefix = isAlternate && radix != 10 ? "0" + (kind.map { String($0) } ?? "") : ""
        return pad(signed(JinjaString((number < 0 ? "-" : "") + prefix + grouped(digits))), isNumber: true)
    }

    private func float(_ value: JinjaValue) throws(JinjaProblem) -> JinjaString {
        guard let number = value.numeric?.double else { throw JinjaProblem("must be real number, not \(value.typeName)") }
        guard number.isFinite else { return pad(signed(JinjaString(PythonText.float(number))), isNumber: true) }
        let places = precision ?? 6
        var text: String
        switch kind {
        case "f", "F": text = grouped(ExactDecimal(number).rounded(toPlaces: places))
        case "e", "E": text = ExactDecimal(number).scientific(places: places)
        case "%": text = ExactDecimal(number * 100).rounded(toPlaces: places) + "%"
        default: text = general(number, places)
        }
        if kind == "E" || kind == "G" { text = text.uppercased() }
        return pad(signed(JinjaString(text)), isNumber: true)
    }

    /// `%g`
    private func general(_ number: Double, _ places: Int) -> String {
        let places = max(1, places)
        let decimal = ExactDecimal(number)
        let scientific = decimal.scientific(places: places - 1)
        let power = Int(scientific.split(separator: "e").last.map(String.init) ?? "") ?? 0
        let isScientific = power < -4 || power >= places
        if isScientific {
            let parts = scientific.split(separator: "e")
            return Self.trimmed(String(parts[0])) + "e" + parts[1]
        }
        return Self.trimmed(decimal.rounded(toPlaces: places - 1 - power))
    }

    private static func trimmed(_ digits: String) -> String {
        guard digits.contains(".") else { return digits }
        var rest = digits[...]
        while rest.hasSuffix("0") { rest.removeLast() }
        if rest.hasSuffix(".") { rest.removeLast() }
        return String(rest)
    }

    private func grouped(_ digits: String) -> String {
        guard let grouping else { return digits }
        let whole = digits.prefix { $0 != "." }
        let sign = whole.hasPrefix("-") ? "-" : ""
        var result = ""
        for (index, digit) in whole.dropFirst(sign.count).reversed().enumerated() {
            if index > 0, index % 3 == 0 { result.unicodeScalars.append(grouping) }
            result.append(digit)
        }
        return sign + String(result.reversed()) + digits.dropFirst(whole.count)
    }

    private func signed(_ text: JinjaString) -> JinjaString {
        guard let sign, text.bytes.first != UInt8(ascii: "-") else { return text }
        return JinjaString(scalars: CollectionOfOne(sign)) + text
    }

    private func pad(_ text: JinjaString, isNumber: Bool) -> JinjaString {
        let filler = JinjaString(scalars: CollectionOfOne(fill))
        switch alignment ?? (isNumber ? ">" : "<") {
        case "<": return text.padded(width, filler, left: false)
        case "^":
            let missing = max(0, width - text.count)
            return text.padded(text.count + missing / 2, filler, left: true).padded(width, filler, left: false)
        case "=":
            let hasSign = [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: " ")].contains(text.bytes.first)
            guard isNumber, hasSign else { return text.padded(width, filler, left: true) }
            return JinjaString(bytes: [text.bytes[0]])
                + JinjaString(text.bytes.dropFirst()).padded(width - 1, filler, left: true)
        default: return text.padded(width, filler, left: true)
        }
    }
}

// MARK: - Specifications

/// Reads what stands in a format.
struct FormatReader {
    let scalars: [Unicode.Scalar]
    var index = 0

    init(_ text: JinjaString) { scalars = text.scalars }
    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        index += 1
        return true
    }

    mutating func number() throws(JinjaProblem) -> Int? {
        var value: Int?
        while let digit = current, ("0"..."9").contains(digit) {
            value = (value ?? 0) * 10 + Int(digit.value - 48)
            index += 1
            if value ?? 0 > PythonFormat.widest { throw .limit("a format wider than \(PythonFormat.widest)") }
        }
        return value
    }

    /// `[[fill]align][sign][#][0][width][,][.precision][type]`
    mutating func specification() throws(JinjaProblem) -> PythonFormat {
        var format = PythonFormat()
        let alignments: Set<Unicode.Scalar> = ["<", ">", "^", "="]
        if index + 1 < scalars.count, alignments.contains(scalars[index + 1]) {
            (format.fill, format.alignment) = (scalars[index], scalars[index + 1])
            index += 2
        } else if let first = current, alignments.contains(first) {
            format.alignment = first
            index += 1
        }
        if let sign = current, sign == "+" || sign == "-" || sign == " " {
            format.sign = sign == "-" ? nil : sign
            index += 1
        }
        format.isAlternate = skip("#")
        if skip("0"), format.alignment == nil { (format.fill, format.alignment) = ("0", "=") }
        format.width = try number() ?? 0
        if let mark = current, mark == "," || mark == "_" {
            format.grouping = mark
            index += 1
        }
        if skip(".") { format.precision = try number() ?? 0 }
        if let kind = current {
            format.kind = kind
            index += 1
        }
        if current != nil { throw JinjaProblem("Invalid format specifier") }
        return format
    }
}

extension JinjaEvaluator {
    /// `format % values`
    mutating func printf(_ format: JinjaString, _ values: JinjaValue) throws(JinjaProblem) -> JinjaString {
        var arguments = [values][...]
        if case .tuple(let list) = values { arguments = list.elements[...] }
        var reader = FormatReader(format)
        var result = JinjaString(bytes: [])
        var usedKeys = false
        while let scalar = reader.current {
            reader.index += 1
            guard scalar == "%" else {
                result.append(scalar)
                continue
            }
            if reader.skip("%") {
                result.bytes.append(UInt8(ascii: "%"))
                continue
            }
            result.bytes += try directive(&reader, values, &arguments, &usedKeys).bytes
            try check(bytes: result.bytes.count)
        }
        var takesRest = usedKeys
        if case .dict = values { takesRest = true }
        if !takesRest, !arguments.isEmpty { throw JinjaProblem("not all arguments converted during string formatting") }
        return result
    }

    private mutating func directive(
        _ reader: inout FormatReader, _ values: JinjaValue, _ arguments: inout ArraySlice<JinjaValue>, _ usedKeys: inout Bool
    ) throws(JinjaProblem) -> JinjaString {
        try charge(100)
        var keyed: JinjaValue?
        if reader.skip("(") {
            let rest = reader.scalars[reader.index...]
            guard let end = rest.firstIndex(of: ")") else { throw JinjaProblem("incomplete format key") }
            guard case .dict(let dict) = values else { throw JinjaProblem("format requires a mapping") }
            let key = JinjaString(scalars: rest[..<end])
            guard let member = dict[key] else { throw JinjaProblem("'\(key.text)'") }
            keyed = member
            usedKeys = true
            reader.index = end + 1
        }
        var format = try flags(&reader, &arguments)
        guard let kind = reader.current else { throw JinjaProblem("incomplete format") }
        reader.index += 1
        let value = keyed ?? arguments.popFirst()
        guard let value else { throw JinjaProblem("not enough arguments for format string") }
        switch kind {
        case "s", "r", "a":
            format.kind = "s"
            if format.fill == "0" { format.fill = " " }
            let text = try kind == "s" ? PythonText.string(value) : PythonText.representation(value)
            if format.alignment != "<" { format.alignment = ">" }
            return try format.text(of: .string(text))
        case "c":
            if case .string(let text) = value, text.count == 1 { return text }
            format.kind = kind
            return try format.text(of: value)
        case "d", "i", "u", "x", "X", "o", "f", "F", "e", "E", "g", "G":
            format.kind = kind
            try charge(value.digitCost)
            return try format.text(of: value)
        default: throw JinjaProblem("unsupported format character '\(kind)'")
        }
    }

    private func flags(
        _ reader: inout FormatReader, _ arguments: inout ArraySlice<JinjaValue>
    ) throws(JinjaProblem) -> PythonFormat {
        var format = PythonFormat()
        while let flag = reader.current, ["-", "+", " ", "#", "0"].contains(flag) {
            switch flag {
            case "-": (format.alignment, format.fill) = ("<", " ")
            case "0": if format.alignment != "<" { (format.alignment, format.fill) = ("=", "0") }
            case "#": format.isAlternate = true
            default: if format.sign != "+" { format.sign = flag }
            }
            reader.index += 1
        }
        func size(_ reader: inout FormatReader) throws(JinjaProblem) -> Int? {
            guard reader.skip("*") else { return try reader.number() }
            let size = try arguments.popFirst().int(0, "*")
            if size.magnitude > PythonFormat.widest { throw .limit("a format wider than \(PythonFormat.widest)") }
            return size
        }
        format.width = try size(&reader) ?? 0
        if format.width < 0 { (format.width, format.alignment) = (-format.width, "<") }
        if reader.skip(".") { format.precision = max(0, try size(&reader) ?? 0) }
        return format
    }

    /// `str.format`
    mutating func formatted(_ template: JinjaString, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        var reader = FormatReader(template)
        var result = JinjaString(bytes: [])
        var next = 0
        while let scalar = reader.current {
            reader.index += 1
            if scalar == "{" || scalar == "}" {
                if reader.skip(scalar) {
                    result.append(scalar)
                } else if scalar == "{" {
                    result.bytes += try field(&reader, arguments, &next).bytes
                    try check(bytes: result.bytes.count)
                } else {
                    throw JinjaProblem("Single '}' encountered in format string")
                }
            } else {
                result.append(scalar)
            }
        }
        return result
    }

    private mutating func field(
        _ reader: inout FormatReader, _ arguments: JinjaArguments, _ next: inout Int
    ) throws(JinjaProblem) -> JinjaString {
        try charge(100)
        let rest = reader.scalars[reader.index...]
        guard let end = rest.firstIndex(of: "}") else { throw JinjaProblem("expected '}' before end of string") }
        let body = rest[..<end]
        reader.index = end + 1
        let nameEnd = body.firstIndex { $0 == ":" || $0 == "!" } ?? body.endIndex
        var value = try argument(String(String.UnicodeScalarView(body[..<nameEnd])), arguments, &next)
        var tail = body[nameEnd...]
        if tail.first == "!" {
            let conversion = tail.dropFirst().first
            value = .string(try conversion == "r" ? PythonText.representation(value) : PythonText.string(value))
            tail = tail.dropFirst(2)
        }
        var specification = FormatReader(Array(tail.dropFirst()))
        let format = try specification.specification()
        try charge(value.digitCost)
        return try format.text(of: value)
    }

    private func argument(
        _ name: String, _ arguments: JinjaArguments, _ next: inout Int
    ) throws(JinjaProblem) -> JinjaValue {
        let first = String(name.prefix { $0 != "." && $0 != "[" })
        let value: JinjaValue?
        if first.isEmpty {
            value = next < arguments.positional.count ? arguments.positional[next] : nil
            next += 1
        } else if let index = Int(first) {
            value = arguments.positional.indices.contains(index) ? arguments.positional[index] : nil
        } else {
            value = arguments.named.first { $0.name == first }?.value
            if value == nil { throw JinjaProblem("'\(first)'") }
        }
        guard var value else {
            throw JinjaProblem("Replacement index \(max(0, next - 1)) out of range for positional args tuple")
        }
        for part in name.dropFirst(first.count).split(whereSeparator: { ".[]".contains($0) }) {
            let key: JinjaValue = Int(part).map { .int($0) } ?? .text(String(part))
            value = try item(key, of: value)
        }
        return value
    }
}
