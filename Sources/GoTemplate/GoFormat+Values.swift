internal import JSONText

/// How each kind of value answers each verb.
extension GoFormat {
    mutating func argument(_ value: TemplateValue, verb: Unicode.Scalar, depth: Int = 0) throws(TooLong) {
        if verb == "T", depth == 0 { return try string(Array(value.typeName.utf8), verb: "s", of: value) }
        switch value {
        case .absent, .null:
            if depth > 0 { return try write(flags.sharpV ? "interface {}(nil)" : "<nil>") }
            if verb == "v" { try pad("<nil>") } else { try badVerb(verb, value) }
        case .bool(let flag):
            if verb == "t" || verb == "v" { try pad(flag ? "true" : "false") } else { try badVerb(verb, value) }
        case .int(let number): try integer(number, verb: verb, of: value)
        case .float(let number): try float(number, verb: verb, of: value)
        case .number(let number):
            if verb == "v", flags.precision == nil { try pad(number.text) } else { try float(number.double, verb: verb, of: value) }
        case .string(let text): try string(text.bytes, verb: verb, of: value)
        case .function: if verb == "v" || verb == "p" { try pad("0x0") } else { try badVerb(verb, value) }
        case .list, .map, .record: try compound(value, verb: verb, depth: depth)
        }
    }

    /// `%!d(string=hi)`.
    private mutating func badVerb(_ verb: Unicode.Scalar, _ value: TemplateValue) throws(TooLong) {
        try write("%!" + String(verb) + "(")
        switch value {
        case .absent, .null: try write("<nil>")
        default:
            try write(value.typeName + "=")
            try argument(value, verb: "v", depth: 0)
        }
        try write(")")
    }
}

// MARK: - Compound values

extension GoFormat {
    private mutating func compound(_ value: TemplateValue, verb: Unicode.Scalar, depth: Int) throws(TooLong) {
        if !flags.sharpV, "vsxXq".unicodeScalars.contains(verb), let text = value.stringerText {
            return try string(text, verb: verb, of: value)
        }
        switch value {
        case .list(let list):
            try write(flags.sharpV ? list.typeName + "{" : "[")
            try elements(list.elements, verb: verb, depth: depth)
            try write(flags.sharpV ? "}" : "]")
        case .map(let map):
            try write(flags.sharpV ? map.typeName + "{" : "map[")
            for (index, key) in map.keys.enumerated() {
                if index > 0 { try write(flags.sharpV ? ", " : " ") }
                try argument(.string(key), verb: verb, depth: depth + 1)
                try write(":")
                try argument(map.values[index], verb: verb, depth: depth + 1)
            }
            try write(flags.sharpV ? "}" : "]")
        case .record(let record): try fields(of: record, verb: verb, depth: depth)
        default: break
        }
    }

    private mutating func elements(_ values: ArraySlice<TemplateValue>, verb: Unicode.Scalar, depth: Int) throws(TooLong) {
        for (index, value) in values.enumerated() {
            if index > 0 { try write(flags.sharpV ? ", " : " ") }
            try argument(value, verb: verb, depth: depth + 1)
        }
    }

    /// Go prints a pointer inside another value as its address; there is none here, so it prints as what it points to.
    private mutating func fields(of record: TemplateRecord, verb: Unicode.Scalar, depth: Int) throws(TooLong) {
        if record.isPointer { try write("&") }
        try write(flags.sharpV ? record.type.name + "{" : "{")
        for (index, field) in record.type.fields.enumerated() {
            if index > 0 { try write(flags.sharpV ? ", " : " ") }
            if flags.plusV || flags.sharpV { try write(field.name + ":") }
            try argument(record.values[index], verb: verb, depth: depth + 1)
        }
        try write("}")
    }
}

extension TemplateValue {
    /// What the value's `String()` method gives, where its Go type has one.
    var stringerText: [UInt8]? {
        let stringer: TemplateStringer
        switch self {
        case .list(let list): stringer = list.stringer
        case .map(let map): stringer = map.stringer
        case .record(let record): stringer = record.type.stringer
        default: return nil
        }
        switch stringer {
        case .none: return nil
        case .json: return goJSON
        case .single: return singleText
        }
    }

    /// Ollama's `PropertyType`: nothing, the one type, or `[a b]`.
    private var singleText: [UInt8] {
        guard case .list(let list) = self else { return [] }
        let names = list.elements.map { element in
            if case .string(let text) = element { text.text } else { "" }
        }
        switch names.count {
        case 0: return []
        case 1: return Array(names[0].utf8)
        default: return Array("[\(names.joined(separator: " "))]".utf8)
        }
    }
}

// MARK: - Simple values

extension GoFormat {
    private mutating func string(_ bytes: [UInt8], verb: Unicode.Scalar, of value: TemplateValue) throws(TooLong) {
        switch verb {
        case "v" where flags.sharpV: try pad(GoQuote.quotedBytes(bytes))
        case "v", "s": try pad(cut(bytes))
        case "q": try quoted(cut(bytes))
        case "x": try hexadecimal(bytes, uppercase: false)
        case "X": try hexadecimal(bytes, uppercase: true)
        default: try badVerb(verb, value)
        }
    }

    /// The bytes, or as many scalars of them as the precision says.
    private func cut(_ bytes: [UInt8]) -> [UInt8] {
        flags.precision.map { Array(Self.prefix(of: bytes, scalars: $0)) } ?? bytes
    }

    private mutating func quoted(_ bytes: [UInt8]) throws(TooLong) {
        let isPlain = !bytes.contains { $0 == UInt8(ascii: "`") || ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
        if flags.sharp, isPlain, String(validating: bytes, as: UTF8.self) != nil {
            return try pad([UInt8(ascii: "`")] + bytes + [UInt8(ascii: "`")])
        }
        try pad(GoQuote.quotedBytes(bytes, asciiOnly: flags.plus))
    }

    private mutating func hexadecimal(_ bytes: [UInt8], uppercase: Bool) throws(TooLong) {
        let kept = flags.precision.map { bytes.prefix($0) } ?? bytes[...]
        let prefix = flags.sharp ? (uppercase ? "0X" : "0x") : ""
        let digits = kept.map { byte in
            let text = GoQuote.hex(UInt32(byte), digits: 2)
            return uppercase ? text.uppercased() : text
        }
        if kept.isEmpty { return try pad("") }
        try pad(flags.space ? digits.map { prefix + $0 }.joined(separator: " ") : prefix + digits.joined())
    }

    private mutating func float(_ number: Double, verb: Unicode.Scalar, of value: TemplateValue) throws(TooLong) {
        let layout: Unicode.Scalar
        var precision = flags.precision
        switch verb {
        case "v": layout = "g"
        case "g", "G": layout = verb
        case "e", "E", "f", "F":
            layout = verb == "F" ? "f" : verb
            precision = precision ?? 6
        case "x", "X": layout = verb
        default: return try badVerb(verb, value)
        }
        var text =
            "xX".unicodeScalars.contains(layout)
            ? GoFloat.hexadecimal(number, precision: precision, uppercase: layout == "X")
            : GoFloat.text(number, verb: UInt8(ascii: layout), precision: precision)
        let isFinite = number.isFinite
        if !text.hasPrefix("-"), !text.hasPrefix("+") { text = "+" + text }
        if flags.space, text.hasPrefix("+"), !flags.plus { text = " " + text.dropFirst() }
        let showsSign = flags.plus || !text.hasPrefix("+")
        if !showsSign, isFinite || number.isNaN { text.removeFirst() }
        guard showsSign, isFinite, flags.zero, !flags.minus, let width = flags.width, width > text.utf8.count else {
            let saved = flags.zero
            if !isFinite { flags.zero = false }
            try pad(text)
            flags.zero = saved
            return
        }
        try write(text.prefix(1) + String(repeating: "0", count: width - text.utf8.count) + text.dropFirst())
    }
}
