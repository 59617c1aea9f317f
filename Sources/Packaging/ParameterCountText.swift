/// How many parameters a model has, in the words of Ollama's configs: `8.0B`, `137M`, `5.24M`, `900K`.
public enum ParameterCountText {
    public static func of(_ count: Int) -> String {
        switch count {
        case 1_000_000_000...:
            count % 1_000_000_000 == 0 ? "\(count / 1_000_000_000)B" : fixed(Double(count) / 1e9, digits: 1) + "B"
        case 1_000_000...: count % 1_000_000 == 0 ? "\(count / 1_000_000)M" : fixed(Double(count) / 1e6, digits: 2) + "M"
        case 1000...: fixed(Double(count) / 1e3, digits: 0) + "K"
        default: String(count)
        }
    }

    /// What C's and Go's `%.<digits>f` print: the exact value of the binary number, rounded to nearest with ties to even. The text is
    /// part of a digest, so multiplying by ten in floating point will not do.
    ///
    /// - Parameter value: from 1 up to 2^33, so that nothing below overflows.
    private static func fixed(_ value: Double, digits: Int) -> String {
        let fractionBits = 52 - Int(value.exponent)
        let significand = value.significandBitPattern | 1 << 52
        let scale: UInt64 = [1, 10, 100][digits]
        let product = UInt128(significand) * UInt128(scale)
        let (floor, rest) = (product >> fractionBits, product & ((1 << fractionBits) - 1))
        let half: UInt128 = 1 << (fractionBits - 1)
        let rounded = UInt64(rest > half || (rest == half && floor & 1 == 1) ? floor + 1 : floor)
        if digits == 0 { return String(rounded) }
        let fraction = String(rounded % scale)
        return "\(rounded / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
