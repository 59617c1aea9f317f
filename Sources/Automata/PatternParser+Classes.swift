/// Character classes and escapes of regular expressions.
extension PatternParser {
    /// What an escape stands for; `single` is set where it is one scalar and so may end a range.
    struct Escape {
        var set: ScalarSet
        var single: Unicode.Scalar?

        init(_ scalar: Unicode.Scalar) {
            set = ScalarSet(scalar)
            single = scalar
        }

        init(_ set: ScalarSet) { self.set = set }
    }

    /// `[...]`, with the bracket it opens with still to be read.
    mutating func characterClass() throws(PatternError) -> ScalarSet {
        let start = offset
        advance(1)
        let isNegated = take("^")
        var ranges = ScalarSet.none
        while peek != "]" {
            guard peek != nil else { throw .syntax("'[' without ']'", at: start) }
            let first = try classMember()
            guard peek == "-" else {
                ranges = ranges.union(first.set)
                continue
            }
            let dash = offset
            advance(1)
            guard let next = peek, next != "]" else {
                ranges = ranges.union(first.set).union(ScalarSet("-"))
                continue
            }
            let last = try classMember()
            guard let low = first.single, let high = last.single else {
                ranges = ranges.union(first.set).union(ScalarSet("-")).union(last.set)
                continue
            }
            guard low.value <= high.value else { throw .syntax("the range \(low)-\(high) counts down", at: dash - 1) }
            ranges = ranges.union(ScalarSet(low...high))
        }
        advance(1)
        return isNegated ? ranges.inverted : ranges
    }

    private mutating func classMember() throws(PatternError) -> Escape {
        guard let next = peek else { return Escape(.none) }
        if next == "\\" { return try escape(inClass: true) }
        advance(1)
        return Escape(next)
    }

    /// The escape that begins at a backslash.
    mutating func escape(inClass: Bool) throws(PatternError) -> Escape {
        let start = offset
        advance(1)
        guard let letter = peek else { throw .syntax("a lone '\\'", at: start) }
        advance(1)
        switch letter {
        case "d": return Escape(.digits)
        case "D": return Escape(ScalarSet.digits.inverted)
        case "w": return Escape(.wordCharacters)
        case "W": return Escape(ScalarSet.wordCharacters.inverted)
        case "s": return Escape(.whitespace)
        case "S": return Escape(ScalarSet.whitespace.inverted)
        case "t": return Escape("\t")
        case "n": return Escape("\n")
        case "r": return Escape("\r")
        case "v": return Escape("\u{B}")
        case "f": return Escape("\u{C}")
        case "b" where inClass: return Escape("\u{8}")
        case "0": return Escape("\0")
        case "c":
            guard let control = peek, control.properties.isAlphabetic, control.isASCII else {
                throw .syntax("'\\c' without a letter", at: start)
            }
            advance(1)
            return Escape(Unicode.Scalar(UInt8(control.value & 0x1F)))
        case "x": return Escape(try hexadecimal(digits: 2, from: start))
        case "u": return Escape(try unicodeEscape(from: start))
        case "p", "P":
            let set = try property(from: start)
            return Escape(letter == "P" ? set.inverted : set)
        default: return Escape(letter)
        }
    }

    private mutating func hexadecimal(digits: Int, from start: Int) throws(PatternError) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek, let nibble = Character(digit).hexDigitValue else {
                throw .syntax("an escape of fewer than \(digits) hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(nibble)
            advance(1)
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private mutating func unicodeEscape(from start: Int) throws(PatternError) -> Unicode.Scalar {
        if take("{") {
            var value: UInt32 = 0
            while let digit = peek, let nibble = Character(digit).hexDigitValue {
                value = value << 4 | UInt32(nibble)
                guard value <= 0x10FFFF else { throw .syntax("a code point beyond 10FFFF", at: start) }
                advance(1)
            }
            guard take("}"), let scalar = Unicode.Scalar(value) else {
                throw .syntax("'\\u{' without a code point and '}'", at: start)
            }
            return scalar
        }
        let high = try codeUnit(from: start)
        if (0xD800...0xDBFF).contains(high), matches("\\u") {
            let here = offset
            advance(2)
            let low = try codeUnit(from: here)
            if (0xDC00...0xDFFF).contains(low), let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) {
                return scalar
            }
            throw .syntax("half a surrogate pair", at: start)
        }
        guard let scalar = Unicode.Scalar(high) else { throw .unsupported("half a surrogate pair", at: start) }
        return scalar
    }

    private mutating func codeUnit(from start: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek, let nibble = Character(digit).hexDigitValue else {
                throw .syntax("'\\u' without four hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(nibble)
            advance(1)
        }
        return value
    }

    private mutating func property(from start: Int) throws(PatternError) -> ScalarSet {
        guard take("{") else { throw .syntax("'\\p' without '{'", at: start) }
        var name = ""
        while let next = peek, next != "}" {
            name.unicodeScalars.append(next)
            advance(1)
        }
        guard take("}") else { throw .syntax("'\\p{' without '}'", at: start) }
        guard let set = ScalarSet.property(name) else { throw .unsupported("the property '\(name)'", at: start) }
        return set
    }
}
