import Automata

/// The texts of JSON numbers with what a schema asks of their value: bounds, multiples, being whole.
///
/// Bounded numbers may be written with an exponent only where every such text lies within the bounds: the exponent is
/// read after the digits, too late to take them back.
struct NumberLanguages {
    let table: LanguageTable

    private func language(_ expression: String) -> Language {
        table.language(named: expression) {
            // Our own constant; an expression that did not compile would accept no number, and every test would say so.
            (try? Pattern.matching(expression)).map { table.language($0) } ?? .nothing
        }
    }

    var any: Language { language(#"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?"#) }
    var integers: Language { language(#"-?(0|[1-9]\d*)((\.0+)?([eE]\+?\d+)?|\.0+)"#) }

    /// What two languages of numbers have in common.
    func intersection(_ one: Language, _ other: Language) -> Language {
        if one == any || one == other { return other }
        return other == any ? one : table.intersection([one, other])
    }

    /// Non-negative numerals without exponent.
    private var magnitudes: Language { language(#"(0|[1-9]\d*)(\.\d+)?"#) }
    private var minus: Language { table.literal([UInt8(ascii: "-")]) }
    private var point: Language { table.literal([UInt8(ascii: ".")]) }
    private var digit: Language { digits(0...9) }
    private func digits(_ range: ClosedRange<UInt8>) -> Language {
        table.bytes(ByteSet((0x30 + range.lowerBound)...(0x30 + range.upperBound)))
    }
    private func any(_ language: Language) -> Language { table.repeated(language, minimum: 0, maximum: nil) }

    struct Bound: Hashable {
        var value: DecimalNumeral
        var isExclusive: Bool
    }

    func bounded(minimum: Bound?, maximum: Bound?) -> Language {
        guard minimum != nil || maximum != nil else { return any }
        var parts = [any]
        if let minimum { parts.append(table.union([atLeast(minimum), exponents(minimum: minimum, maximum: maximum)])) }
        if let maximum { parts.append(table.union([atMost(maximum), exponents(minimum: minimum, maximum: maximum)])) }
        return table.intersection(parts)
    }

    private func atLeast(_ bound: Bound) -> Language {
        if bound.value.isNegative {
            return table.union([magnitudes, table.sequence(minus, magnitude(atMost: bound))])
        }
        let positive = magnitude(atLeast: bound)
        let allowsZero = bound.value.isZero && !bound.isExclusive
        return allowsZero ? table.union([positive, table.sequence(minus, magnitude(atMost: bound))]) : positive
    }

    private func atMost(_ bound: Bound) -> Language {
        if bound.value.isNegative { return table.sequence(minus, magnitude(atLeast: bound)) }
        let negatives = table.sequence(minus, magnitudes)
        guard bound.value.isZero && bound.isExclusive else { return table.union([negatives, magnitude(atMost: bound)]) }
        let zero = Bound(value: bound.value, isExclusive: true)
        return table.sequence(minus, magnitude(atLeast: zero))
    }

    private func magnitude(atMost bound: Bound) -> Language {
        table.difference(magnitudes, magnitude(atLeast: Bound(value: bound.value, isExclusive: !bound.isExclusive)))
    }

    /// Numerals of at least the bound's magnitude: longer ones, and those of its length whose first other digit is greater.
    private func magnitude(atLeast bound: Bound) -> Language {
        let whole = bound.value.whole.isEmpty ? [0] : bound.value.whole
        let fractionTail = table.repeated(
            table.sequence(point, table.repeated(digit, minimum: 1, maximum: nil)), minimum: 0, maximum: 1)
        let longer = table.sequence([
            digits(1...9), table.repeated(digit, minimum: whole.count, maximum: nil), fractionTail,
        ])
        var tail = fraction(bound.value.fraction[...], isExclusive: bound.isExclusive)
        for (index, own) in whole.enumerated().reversed() {
            let rest = table.repeated(digit, minimum: whole.count - index - 1, maximum: whole.count - index - 1)
            let equal = table.sequence(digits(own...own), tail)
            let greater = own < 9 ? table.sequence([digits((own + 1)...9), rest, fractionTail]) : .nothing
            tail = table.union([equal, greater])
        }
        return table.intersection([magnitudes, table.union([longer, tail])])
    }

    /// What may stand after an equal whole part.
    private func fraction(_ own: ArraySlice<UInt8>, isExclusive: Bool) -> Language {
        let anyDigits = any(digit)
        if own.isEmpty {
            let more = table.sequence([point, anyDigits, digits(1...9), anyDigits])
            guard !isExclusive else { return more }
            return table.repeated(table.sequence(point, table.repeated(digit, minimum: 1, maximum: nil)), minimum: 0, maximum: 1)
        }
        var tail = isExclusive ? table.sequence([anyDigits, digits(1...9), anyDigits]) : anyDigits
        for digit in own.reversed() {
            let greater = digit < 9 ? table.sequence(digits((digit + 1)...9), anyDigits) : .nothing
            tail = table.union([table.sequence(digits(digit...digit), tail), greater])
        }
        return table.sequence(point, tail)
    }

    /// Texts with an exponent whose values are sure to lie within the bounds: those below one in magnitude, and those from ten on.
    private func exponents(minimum: Bound?, maximum: Bound?) -> Language {
        var parts: [Language] = []
        let small = language(#"\d(\.\d+)?[eE]-0*[1-9]\d*"#)
        let large = language(#"[1-9](\.\d+)?[eE]\+?0*[1-9]\d*"#)
        func allows(_ low: Int, _ high: Int) -> Bool {
            let belowAll = minimum.map { $0.value < numeral(low) || ($0.value == numeral(low) && !$0.isExclusive) } ?? true
            let aboveAll = maximum.map { numeral(high) < $0.value || ($0.value == numeral(high) && !$0.isExclusive) } ?? true
            return belowAll && aboveAll
        }
        if allows(0, 1) { parts.append(small) }
        if allows(-1, 0) { parts.append(table.sequence(minus, small)) }
        if maximum == nil, allows(10, 10) { parts.append(large) }
        if minimum == nil, allows(-10, -10) { parts.append(table.sequence(minus, large)) }
        return table.union(parts)
    }

    private func numeral(_ value: Int) -> DecimalNumeral {
        var numeral = DecimalNumeral.zero
        numeral.isNegative = value < 0
        numeral.whole = value == 0 ? [] : String(value.magnitude).utf8.map { $0 - 0x30 }
        return numeral
    }

    /// Numerals of a multiple of `divisor`, without exponent; nil where the divisor has too many digits.
    func multiples(of divisor: DecimalNumeral) -> Language? {
        guard let scaled = divisor.scaled, scaled.value > 0 else { return nil }
        let multiples = table.decimalMultiples(of: scaled.value, scale: scaled.scale)
        let positive = table.intersection([magnitudes, multiples])
        return table.union([positive, table.sequence(minus, positive)])
    }

    /// Every way to write exactly this value, without exponent.
    func equal(to value: DecimalNumeral) -> Language {
        let zeros = any(digits(0...0))
        let whole = table.literal((value.whole.isEmpty ? [0] : value.whole).map { $0 + 0x30 })
        let written: Language
        if value.fraction.isEmpty {
            let fraction = table.sequence([point, digits(0...0), zeros])
            written = table.sequence(whole, table.repeated(fraction, minimum: 0, maximum: 1))
        } else {
            written = table.sequence([whole, point, table.literal(value.fraction.map { $0 + 0x30 }), zeros])
        }
        if value.isZero { return table.union([written, table.sequence(minus, written)]) }
        return value.isNegative ? table.sequence(minus, written) : written
    }
}

extension DecimalNumeral {
    static let zero = DecimalNumeral(isNegative: false, whole: [], fraction: [])

    private init(isNegative: Bool, whole: [UInt8], fraction: [UInt8]) {
        self.isNegative = isNegative
        self.whole = whole
        self.fraction = fraction
    }
}
