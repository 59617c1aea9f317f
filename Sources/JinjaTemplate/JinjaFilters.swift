/// What can stand after `|`.
enum JinjaFilter: String {
    case abs, attr, batch, capitalize, center, count, d, `default`, dictsort, e, escape, filesizeformat, first, float, forceescape
    case format, groupby, indent, int, items, join, last, length, list, lower, map, max, min, pprint, reject, rejectattr, replace
    case reverse, round, safe, select, selectattr, slice, sort, string, striptags, sum, title, tojson, trim, truncate, unique
    case upper, urlencode, wordcount, wordwrap, xmlattr
}

extension JinjaEvaluator {
    mutating func apply(
        _ filter: JinjaFilter, to value: JinjaValue, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaValue {
        try charge(value.weight)
        switch filter {
        case .tojson: return .string(try json(value, arguments))
        case .default, .d:
            let values = try arguments.bound(["default_value", "boolean"])
            let replaces = value.isUndefined || (values[1].isTrue && !value.isTrue)
            return replaces ? values[0] ?? .text("") : value
        case .length, .count:
            try arguments.refuseAny()
            return .int(try value.length())
        case .string:
            try arguments.refuseAny()
            return .string(try PythonText.string(value))
        case .safe: return value
        case .list: return .list(try value.iterated())
        case .items: return try items(value)
        case .attr:
            let name = try arguments.bound(["name"], required: 1)[0].text("", "attr")
            return try plainAttribute(name.text, of: value)
        case .abs, .round, .int, .float, .sum, .filesizeformat: return try applyNumber(filter, value, arguments)
        case .first, .last, .reverse, .batch, .slice, .join, .dictsort, .sort, .unique, .min, .max, .groupby:
            return try applySequence(filter, value, arguments)
        case .map, .select, .reject, .selectattr, .rejectattr: return try applyEach(filter, value, arguments)
        default: return .string(try applyText(filter, value, arguments))
        }
    }

    private func items(_ value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        switch value {
        case .undefined: return .iterator(JinjaIterator([]))
        case .dict(let dict): return .iterator(JinjaIterator(JinjaView(.items, dict).elements))
        default: throw JinjaProblem("Can only get item pairs from a mapping.")
        }
    }

    /// The `attr` filter sees what the type gives, never the members of a dict.
    private func plainAttribute(_ name: String, of value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        if case .dict(let dict) = value, dict[JinjaString(name)] != nil {
            return try attribute(JinjaName(name), of: .dict(JinjaDict(keys: [], values: [])))
        }
        return try attribute(JinjaName(name), of: value)
    }

    // MARK: - JSON

    private func json(_ value: JinjaValue, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        var dump = JSONDump()
        if arguments.isEmpty {
            try dump.write(value)
            return JinjaString(bytes: dump.output)
        }
        let values = try arguments.bound(["ensure_ascii", "indent", "separators", "sort_keys"])
        dump.ensuresASCII = values[0].isTrue
        dump.sortsKeys = values[3].isTrue
        switch values[1] {
        case nil, JinjaValue.none?: break
        case .string(let text)?: dump.indent = text
        case let width?:
            let width = max(0, try Optional(width).int(0, "indent"))
            try check(bytes: width)
            dump.indent = JinjaString(bytes: Array(repeating: UInt8(ascii: " "), count: width))
        }
        if let indent = dump.indent {
            try check(indent.bytes.count, times: (value.weight + 2) * (value.depth + 1))
            dump.itemSeparator = ","
        }
        if let separators = values[2], !separators.isNone {
            let parts = try separators.iterated()
            guard parts.count == 2 else { throw JinjaProblem("not enough values to unpack (expected 2, got \(parts.count))") }
            dump.itemSeparator = try Optional(parts[0]).text("", "separators")
            dump.keySeparator = try Optional(parts[1]).text("", "separators")
            try check(dump.itemSeparator.bytes.count + dump.keySeparator.bytes.count, times: value.weight)
        }
        try dump.write(value)
        return JinjaString(bytes: dump.output)
    }

    // MARK: - Numbers

    private mutating func applyNumber(
        _ filter: JinjaFilter, _ value: JinjaValue, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaValue {
        if filter != .sum, case .undefined(let reason) = value { throw JinjaProblem(reason.message) }
        if filter == .int || filter == .float, case .string(let text) = value { try charge(text.bytes.count >> 2) }
        switch filter {
        case .abs:
            try arguments.refuseAny()
            switch value.numeric {
            case .int(let number)?: return number < 0 ? try PythonNumbers.negated(.int(number)) : .int(number)
            case .float(let number)?: return .float(number.magnitude)
            case nil: throw Self.badOperand("abs()", value)
            }
        case .round: return try rounded(value, arguments)
        case .int:
            let values = try arguments.bound(["default", "base"])
            let base = try values[1].int(10, "int")
            return try PythonConversion.int(value, base: base) ?? values[0] ?? .int(0)
        case .float:
            let fallback = try arguments.bound(["default"])[0]
            return PythonConversion.float(value).map { .float($0) } ?? fallback ?? .float(0)
        case .sum:
            let values = try arguments.bound(["attribute", "start"])
            var sum = values[1] ?? .int(0)
            for element in try value.iterated() {
                sum = try checked(try binary(.add, sum, try pick(values[0], from: element)))
            }
            return sum
        default:
            let isBinary = try arguments.bound(["binary"])[0].isTrue
            guard let size = PythonConversion.float(value) else {
                throw JinjaProblem("float() argument must be a string or a real number, not '\(value.typeName)'")
            }
            return .text(Self.fileSize(size, isBinary))
        }
    }

    static func badOperand(_ function: String, _ value: JinjaValue) -> JinjaProblem {
        if case .undefined(let reason) = value { return JinjaProblem(reason.message) }
        return JinjaProblem("bad operand type for \(function): '\(value.typeName)'")
    }

    private mutating func rounded(_ value: JinjaValue, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        try charge(200 + value.digitCost)
        let values = try arguments.bound(["precision", "method"])
        let places = try values[0].int(0, "round")
        let method = try values[1].text("common", "round").text
        guard ["common", "ceil", "floor"].contains(method) else {
            throw JinjaProblem("method must be common, ceil or floor")
        }
        guard let number = value.numeric else {
            if case .undefined(let reason) = value { throw JinjaProblem(reason.message) }
            throw JinjaProblem("type \(value.typeName) doesn't define __round__ method")
        }
        guard places.magnitude <= 400 else { throw .limit("rounding to \(places) places") }
        if method == "common" {
            if case .int(let int) = number, places >= 0 { return .int(int) }
            let text = ExactDecimal(number.double).rounded(toPlaces: places)
            if !number.double.isFinite { return .float(number.double) }
            if case .int = number { return try PythonConversion.int(.text(text), base: 10) ?? .int(0) }
            return .float(Double(text) ?? number.double)
        }
        let scale = try PythonNumbers.compute(.power, .int(10), .int(places)).numeric ?? .int(1)
        let scaled = try PythonNumbers.compute(.multiply, number, scale).numeric?.double ?? 0
        return try PythonNumbers.compute(.divide, .float(scaled.rounded(method == "ceil" ? .up : .down)), scale)
    }

    private static func fileSize(_ size: Double, _ isBinary: Bool) -> String {
        let base = isBinary ? 1024.0 : 1000.0
        if size == 1 { return "1 Byte" }
        if size < base { return "\(Int(size)) Bytes" }
        let prefixes =
            isBinary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
        var unit = base
        for prefix in prefixes {
            unit *= base
            if size < unit || prefix == prefixes.last {
                return ExactDecimal(base * size / unit).rounded(toPlaces: 1) + " " + prefix
            }
        }
        return ""
    }
}

extension JinjaValue {
    /// What writing a number digit by digit costs: the largest floats have hundreds of them.
    var digitCost: Int {
        guard case .float(let number) = self, number.isFinite, number != 0 else { return 0 }
        return 20 + Int(number.exponent.magnitude) * 4
    }
}

/// Python's `int()` and `float()`.
enum PythonConversion {
    /// nil where there is no such number, so that a default counts.
    static func int(_ value: JinjaValue, base: Int) throws(JinjaProblem) -> JinjaValue? {
        switch value {
        case .string(let text):
            if let int = parse(text, base: base) { return .int(int) }
            return try truncated(float(value))
        case .wide: return value
        default: break
        }
        switch value.numeric {
        case .int(let int)?: return .int(int)
        case .float(let double)?: return try truncated(double)
        case nil: return nil
        }
    }

    private static func truncated(_ value: Double?) throws(JinjaProblem) -> JinjaValue? {
        guard let value, value.isFinite else { return nil }
        guard let int = Int(exactly: value.rounded(.towardZero)) else { throw .limit("an integer of more than 64 bits") }
        return .int(int)
    }

    private static func parse(_ text: JinjaString, base: Int) -> Int? {
        // Python refuses to read longer ones, and reading them takes time.
        guard text.bytes.count <= 4300, base == 0 || (2...36).contains(base) else { return nil }
        var digits = text.stripped().text.lowercased()[...]
        let sign = digits.hasPrefix("-") ? "-" : ""
        if digits.hasPrefix("-") || digits.hasPrefix("+") { digits.removeFirst() }
        var base = base
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) && (base == radix || base == 0) {
            digits = digits.dropFirst(2)
            base = radix
        }
        guard let plain = withoutUnderscores(digits), plain.utf8.first != UInt8(ascii: "-"), plain.utf8.first != UInt8(ascii: "+")
        else { return nil }
        return Int(sign + plain, radix: base == 0 ? 10 : base)
    }

    /// Digits beyond any use; what is longer is no number.
    private static let longestNumber = 1 << 14

    static func float(_ value: JinjaValue) -> Double? {
        if case .string(let text) = value {
            guard text.bytes.count <= longestNumber else { return nil }
            let text = text.stripped().text.lowercased()
            let unsigned = text.drop { $0 == "-" || $0 == "+" }
            if unsigned == "inf" || unsigned == "infinity" { return text.hasPrefix("-") ? -.infinity : .infinity }
            if unsigned == "nan" { return .nan }
            guard let plain = withoutUnderscores(text[...]), plain.utf8.allSatisfy({ $0.isDigit || "+-.e".utf8.contains($0) })
            else { return nil }
            return Double(plain.hasSuffix(".") ? plain + "0" : plain)
        }
        if case .wide(let digits) = value { return Double(digits.text) }
        return value.numeric?.double
    }

    /// Single underscores between digits mean nothing.
    private static func withoutUnderscores(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return String(text) }
        let isWrong = text.hasPrefix("_") || text.hasSuffix("_") || text.contains("__")
        return isWrong ? nil : String(text.filter { $0 != "_" })
    }
}
