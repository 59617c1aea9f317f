import JSONText

/// A number of a schema, digit by digit, so that bounds and divisors are exact.
struct DecimalNumeral: Hashable, Sendable {
    var isNegative: Bool
    /// Digits before the point, without leading zeros; empty for less than one.
    var whole: [UInt8]
    /// Digits after the point, without trailing zeros.
    var fraction: [UInt8]

    /// Exponents beyond this would spell out too many zeros.
    private static let largestExponent = 400

    /// Nil where the exponent is too large to write the number out.
    init?(_ number: JSONNumber) {
        var text = Array(number.text.utf8)[...]
        isNegative = text.first == UInt8(ascii: "-")
        if isNegative { text = text.dropFirst() }
        var exponent = 0
        if let mark = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            guard let written = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)),
                abs(written) <= DecimalNumeral.largestExponent
            else { return nil }
            exponent = written
            text = text[..<mark]
        }
        let point = text.firstIndex(of: UInt8(ascii: "."))
        var whole = text[..<(point ?? text.endIndex)].map { $0 - 0x30 }
        var fraction = point.map { text[($0 + 1)...].map { $0 - 0x30 } } ?? []
        while exponent > 0 {
            whole.append(fraction.isEmpty ? 0 : fraction.removeFirst())
            exponent -= 1
        }
        while exponent < 0 {
            fraction.insert(whole.popLast() ?? 0, at: 0)
            exponent += 1
        }
        self.whole = Array(whole.drop { $0 == 0 })
        while fraction.last == 0 { fraction.removeLast() }
        self.fraction = fraction
        if isZero { isNegative = false }
    }

    var isZero: Bool { whole.isEmpty && fraction.isEmpty }
    var isInteger: Bool { fraction.isEmpty }

    /// The digits as one whole number and how many of them stand after the point; nil where it does not fit.
    var scaled: (value: Int, scale: Int)? {
        var value = 0
        for digit in whole + fraction {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow, product < Int.max / 100 else { return nil }
            value = product + Int(digit)
        }
        return (value, fraction.count)
    }

    /// Whether the value lies in the order given; exact.
    static func < (left: DecimalNumeral, right: DecimalNumeral) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.magnitudeIsLess(than: left) : left.magnitudeIsLess(than: right)
    }

    private func magnitudeIsLess(than other: DecimalNumeral) -> Bool {
        if whole.count != other.whole.count { return whole.count < other.whole.count }
        if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
        return fraction.lexicographicallyPrecedes(other.fraction)
    }
}
