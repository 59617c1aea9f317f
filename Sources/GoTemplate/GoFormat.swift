/// Go's fmt: `Sprint`, `Sprintln` and `Sprintf` over the values that templates have.
struct GoFormat {
    /// The text grew past what the template may make.
    struct TooLong: Error {}

    struct Flags {
        var width: Int?
        var precision: Int?
        var minus = false
        var plus = false
        var sharp = false
        var space = false
        var zero = false
        /// `%+v` and `%#v`: set in place of plus and sharp, which then mean nothing to the parts.
        var plusV = false
        var sharpV = false
    }

    private(set) var output: [UInt8] = []
    var flags = Flags()
    private let limit: Int

    /// Past this, a width or precision is refused as Go does.
    static let widest = 1_000_000

    init(limit: Int) { self.limit = limit }

    static func print(_ values: [TemplateValue], limit: Int) throws(TooLong) -> [UInt8] {
        var format = GoFormat(limit: limit)
        var previousIsString = true
        for (index, value) in values.enumerated() {
            let isString = if case .string = value { true } else { false }
            // A blank comes between two operands when neither is a string.
            if index > 0, !isString, !previousIsString { try format.write(" ") }
            try format.argument(value, verb: "v")
            previousIsString = isString
        }
        return format.output
    }

    static func println(_ values: [TemplateValue], limit: Int) throws(TooLong) -> [UInt8] {
        var format = GoFormat(limit: limit)
        for (index, value) in values.enumerated() {
            if index > 0 { try format.write(" ") }
            try format.argument(value, verb: "v")
        }
        try format.write("\n")
        return format.output
    }

    static func printf(_ pattern: [UInt8], _ values: [TemplateValue], limit: Int) throws(TooLong) -> [UInt8] {
        var run = GoFormatRun(pattern: pattern, values: values, format: GoFormat(limit: limit))
        try run.run()
        return run.format.output
    }

    /// The longest start of the bytes with at most `count` scalars.
    static func prefix(of bytes: [UInt8], scalars count: Int) -> ArraySlice<UInt8> {
        var offset = 0
        var left = count
        while offset < bytes.count, left > 0 {
            offset += GoQuote.decode(bytes, at: offset).width
            left -= 1
        }
        return bytes[..<min(offset, bytes.count)]
    }
}

// MARK: - Writing

extension GoFormat {
    mutating func write(_ text: String) throws(TooLong) {
        output.append(contentsOf: text.utf8)
        if output.count > limit { throw TooLong() }
    }

    mutating func write(_ bytes: some Collection<UInt8>) throws(TooLong) {
        if output.count + bytes.count > limit { throw TooLong() }
        output.append(contentsOf: bytes)
    }

    /// Writes text in a field of the flags' width, counted in scalars.
    mutating func pad(_ bytes: some Collection<UInt8>) throws(TooLong) {
        guard let width = flags.width else { return try write(bytes) }
        let count = bytes.count { $0 & 0xC0 != 0x80 }
        let filler = [UInt8](
            repeating: flags.zero && !flags.minus ? UInt8(ascii: "0") : UInt8(ascii: " "), count: max(0, width - count))
        if flags.minus {
            try write(bytes)
            try write(filler)
        } else {
            try write(filler)
            try write(bytes)
        }
    }

    mutating func pad(_ text: String) throws(TooLong) { try pad(Array(text.utf8)) }
}
