/// One `Sprintf`: reads the pattern's verbs with their flags, widths and argument numbers.
struct GoFormatRun {
    let pattern: [UInt8]
    let values: [TemplateValue]
    var format: GoFormat

    private var offset = 0
    private var argument = 0
    private var usedNumbers = false
    private var numberIsGood = true
    /// A `[n]` was read and waits for the verb or the `*` that it is about.
    private var afterNumber = false

    init(pattern: [UInt8], values: [TemplateValue], format: GoFormat) {
        self.pattern = pattern
        self.values = values
        self.format = format
    }

    mutating func run() throws(GoFormat.TooLong) {
        while offset < pattern.count {
            let next = pattern[offset...].firstIndex(of: UInt8(ascii: "%")) ?? pattern.count
            try format.write(pattern[offset..<next])
            offset = next + 1
            if next < pattern.count { try directive() }
        }
        if !usedNumbers, argument < values.count { try extra() }
    }

    private mutating func directive() throws(GoFormat.TooLong) {
        format.flags = GoFormat.Flags()
        numberIsGood = true
        afterNumber = false
        readFlags()
        readArgumentNumber()
        try readWidth()
        try readPrecision()
        if !afterNumber { readArgumentNumber() }
        guard offset < pattern.count else { return try format.write("%!(NOVERB)") }
        let (verb, width, _) = GoQuote.decode(pattern, at: offset)
        offset += width
        if verb == "%" { return try format.write("%") }
        let name = String(verb)
        if !numberIsGood { return try format.write("%!\(name)(BADINDEX)") }
        if argument >= values.count { return try format.write("%!\(name)(MISSING)") }
        if verb == "v" || verb == "w" { moveFlagsToV() }
        try format.argument(values[argument], verb: verb)
        argument += 1
    }

    private mutating func moveFlagsToV() {
        if format.flags.sharp { (format.flags.sharp, format.flags.sharpV) = (false, true) }
        if format.flags.plus { (format.flags.plus, format.flags.plusV) = (false, true) }
    }

    private mutating func readFlags() {
        while offset < pattern.count {
            switch pattern[offset] {
            case UInt8(ascii: "#"): format.flags.sharp = true
            case UInt8(ascii: "0"): format.flags.zero = true
            case UInt8(ascii: "+"): format.flags.plus = true
            case UInt8(ascii: "-"): format.flags.minus = true
            case UInt8(ascii: " "): format.flags.space = true
            default: return
            }
            offset += 1
        }
    }

    private mutating func readWidth() throws(GoFormat.TooLong) {
        if take(UInt8(ascii: "*")) {
            let width = intArgument()
            if width == nil { try format.write("%!(BADWIDTH)") }
            if let width, width < 0 { format.flags.minus = true }
            format.flags.width = width.map(abs)
            afterNumber = false
        } else if let width = number() {
            format.flags.width = width
            if afterNumber { numberIsGood = false }
        }
    }

    private mutating func readPrecision() throws(GoFormat.TooLong) {
        // A point with nothing behind it is the verb.
        guard offset + 1 < pattern.count, take(UInt8(ascii: ".")) else { return }
        if afterNumber { numberIsGood = false }
        readArgumentNumber()
        if take(UInt8(ascii: "*")) {
            let precision = intArgument().flatMap { $0 < 0 ? nil : $0 }
            if precision == nil { try format.write("%!(BADPREC)") }
            format.flags.precision = precision
            afterNumber = false
        } else {
            format.flags.precision = number() ?? 0
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < pattern.count, pattern[offset] == byte else { return false }
        offset += 1
        return true
    }

    /// Decimal digits; nil where there are none. Where they say more than Go takes, it reads no further in the pattern.
    private mutating func number() -> Int? {
        let start = offset
        var value = 0
        while offset < pattern.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(pattern[offset]) {
            if value > GoFormat.widest {
                offset = pattern.count
                return nil
            }
            value = value * 10 + Int(pattern[offset] - UInt8(ascii: "0"))
            offset += 1
        }
        return offset == start ? nil : value
    }

    private mutating func intArgument() -> Int? {
        guard argument < values.count else { return nil }
        defer { argument += 1 }
        guard case .int(let value) = values[argument], value.magnitude <= UInt(GoFormat.widest) else { return nil }
        return value
    }

    /// `[n]`: the next argument is number n, from 1.
    private mutating func readArgumentNumber() {
        guard offset < pattern.count, pattern[offset] == UInt8(ascii: "[") else { return }
        usedNumbers = true
        guard let closing = pattern[offset...].firstIndex(of: UInt8(ascii: "]")) else {
            numberIsGood = false
            offset += 1
            return
        }
        let digits = String(decoding: pattern[(offset + 1)..<closing], as: UTF8.self)
        offset = closing + 1
        if let number = Int(digits), number >= 1, number <= values.count {
            argument = number - 1
            afterNumber = true
        } else {
            numberIsGood = false
        }
    }

    /// `%!(EXTRA string=x, int=1)`.
    private mutating func extra() throws(GoFormat.TooLong) {
        format.flags = GoFormat.Flags()
        try format.write("%!(EXTRA ")
        for (index, value) in values[argument...].enumerated() {
            if index > 0 { try format.write(", ") }
            switch value {
            case .absent, .null: try format.write("<nil>")
            default:
                try format.write(value.typeName + "=")
                try format.argument(value, verb: "v")
            }
        }
        try format.write(")")
    }
}
