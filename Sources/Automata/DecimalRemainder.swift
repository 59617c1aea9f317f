/// The state of reading a decimal numeral to learn whether it is a multiple of something: JSON Schema's `multipleOf`.
///
/// The numeral is scaled to a whole number by ten to the power of the divisor's decimal places; what has been read is kept as a
/// remainder of the scaled divisor, as in long division.
struct DecimalRemainder: Hashable, Sendable {
    let modulus: Int
    /// Decimal places that are still to come before the scaled numeral is whole.
    private var places: Int
    private var remainder = 0
    private var isInFraction = false

    /// Multiples of `modulus` / 10^`scale`; `modulus` is at least 1 and small enough that ten times it does not overflow.
    init(modulus: Int, scale: Int) {
        self.modulus = modulus
        places = scale
    }

    /// Whether the numeral, if it ended here, is a multiple.
    var isWhole: Bool {
        var value = remainder
        for _ in 0..<places { value = value * 10 % modulus }
        return value == 0
    }

    func reading(digit: Int) -> DecimalRemainder? {
        var next = self
        if isInFraction && places == 0 {
            // Past the scaled divisor's last place only zeros keep the value whole.
            return digit == 0 ? self : nil
        }
        next.remainder = (remainder * 10 + digit) % modulus
        if isInFraction { next.places -= 1 }
        return next
    }

    func readingPoint() -> DecimalRemainder? {
        guard !isInFraction else { return nil }
        var next = self
        next.isInFraction = true
        return next
    }
}
