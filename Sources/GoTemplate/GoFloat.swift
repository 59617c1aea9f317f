/// Go's strconv.FormatFloat for float64.
enum GoFloat {
    /// A value as 0.d1d2d3… × 10^point, without trailing zeros; zero has no digits.
    private struct Decimal {
        var digits: [UInt8]
        var point: Int
    }

    /// - Parameters:
    ///   - verb: `e`, `f` or `g`; upper case writes the exponent's letter so.
    ///   - precision: digits after the point (`e`, `f`) or significant ones (`g`); nil for the fewest that read back.
    static func text(_ value: Double, verb: UInt8, precision: Int?) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let sign = value.sign == .minus ? "-" : ""
        let lowercase = verb | 0x20
        var decimal = precision == nil ? shortest(value.magnitude) : exact(value.magnitude)
        switch lowercase {
        case UInt8(ascii: "f"):
            if let precision { round(&decimal, keeping: decimal.point + precision) }
            return sign + fixed(decimal, fraction: precision ?? max(decimal.digits.count - decimal.point, 0))
        case UInt8(ascii: "e"):
            if let precision { round(&decimal, keeping: precision + 1) }
            return sign + exponential(decimal, fraction: precision ?? max(decimal.digits.count - 1, 0), letter: verb)
        default:
            return sign + general(&decimal, precision: precision, letter: verb == UInt8(ascii: "G") ? "E" : "e")
        }
    }

    private static func general(_ decimal: inout Decimal, precision: Int?, letter: Unicode.Scalar) -> String {
        let wanted = precision.map { max($0, 1) }
        if let wanted { round(&decimal, keeping: wanted) }
        let count = decimal.digits.count
        var exponentFrom = wanted ?? 6
        if let wanted, wanted > count, count >= decimal.point { exponentFrom = count }
        let exponent = decimal.digits.isEmpty ? -1 : decimal.point - 1
        if exponent < -4 || exponent >= exponentFrom {
            return exponential(decimal, fraction: max(min(wanted ?? count, count) - 1, 0), letter: UInt8(ascii: letter))
        }
        return fixed(decimal, fraction: max(count - decimal.point, 0))
    }

    private static func fixed(_ decimal: Decimal, fraction: Int) -> String {
        var output: [UInt8] = []
        if decimal.point > 0 {
            for index in 0..<decimal.point { output.append(digit(decimal, index)) }
        } else {
            output.append(UInt8(ascii: "0"))
        }
        if fraction > 0 {
            output.append(UInt8(ascii: "."))
            for index in 0..<fraction { output.append(digit(decimal, decimal.point + index)) }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func exponential(_ decimal: Decimal, fraction: Int, letter: UInt8) -> String {
        var output = [digit(decimal, 0)]
        if fraction > 0 {
            output.append(UInt8(ascii: "."))
            for index in 1...fraction { output.append(digit(decimal, index)) }
        }
        let exponent = decimal.digits.isEmpty ? 0 : decimal.point - 1
        output += [letter, UInt8(ascii: exponent < 0 ? "-" : "+")]
        let text = String(abs(exponent))
        return String(decoding: output, as: UTF8.self) + (text.count < 2 ? "0" : "") + text
    }

    private static func digit(_ decimal: Decimal, _ index: Int) -> UInt8 {
        UInt8(ascii: "0") + (decimal.digits.indices.contains(index) ? decimal.digits[index] : 0)
    }

    /// `-0x1.8p+01`: the bits themselves.
    static func hexadecimal(_ value: Double, precision: Int?, uppercase: Bool) -> String {
        if !value.isFinite { return text(value, verb: UInt8(ascii: "g"), precision: nil) }
        var exponent = value.isZero ? 0 : Int(value.exponent)
        // One bit before the point and 52 after it, which are thirteen digits.
        var mantissa = value.isZero ? 0 : UInt64(value.magnitude.significand * 0x1p52)
        if let precision, precision < 13 {
            let shift = UInt64(4 * (13 - precision))
            let half: UInt64 = 1 << (shift - 1)
            let rest = mantissa & ((half << 1) - 1)
            mantissa >>= shift
            if rest > half || (rest == half && mantissa & 1 == 1) { mantissa += 1 }
            mantissa <<= shift
            if mantissa >> 53 > 0 {
                mantissa >>= 1
                exponent += 1
            }
        }
        let digits = String(mantissa & (1 << 52 - 1), radix: 16)
        var fraction = String(repeating: "0", count: 13 - digits.utf8.count) + digits
        if let precision {
            fraction = String((fraction + String(repeating: "0", count: max(0, precision - 13))).prefix(precision))
        } else {
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        let power = String(abs(exponent))
        let text =
            "0x\(mantissa >> 52)" + (fraction.isEmpty ? "" : "." + fraction) + "p" + (exponent < 0 ? "-" : "+")
            + (power.utf8.count < 2 ? "0" : "") + power
        return (value.sign == .minus ? "-" : "") + (uppercase ? text.uppercased() : text)
    }

    // MARK: - Digits

    /// The fewest digits that read back as the value, as Swift prints them.
    private static func shortest(_ value: Double) -> Decimal {
        var mantissa = Substring(value.description)
        var exponent = 0
        if let mark = mantissa.firstIndex(of: "e") {
            exponent = Int(mantissa[mantissa.index(after: mark)...].drop { $0 == "+" }) ?? 0
            mantissa = mantissa[..<mark]
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0]
        let digits = (whole + (parts.count > 1 ? parts[1] : "")).utf8.map { $0 - UInt8(ascii: "0") }
        return normalized(digits, point: whole.utf8.count + exponent)
    }

    /// Every digit of the value: a double is a whole number times a power of two, so they end.
    private static func exact(_ value: Double) -> Decimal {
        guard value > 0 else { return Decimal(digits: [], point: 0) }
        var significand = UInt64(value.significandBitPattern)
        var exponent = Int(value.exponentBitPattern) - 1075
        if value.isNormal { significand |= 1 << 52 } else { exponent = -1074 }
        // Limbs of nine decimal digits, least first. A negative exponent is m·2^-k = m·5^k·10^-k.
        let base: UInt64 = 1_000_000_000
        var limbs: [UInt64] = []
        while significand > 0 {
            limbs.append(significand % base)
            significand /= base
        }
        // Fourteen factors at once: 5^14 times a limb still fits in 64 bits.
        var left = abs(exponent)
        while left > 0 {
            let count = min(left, 14)
            var factor: UInt64 = 1
            for _ in 0..<count { factor *= exponent < 0 ? 5 : 2 }
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = limbs[index] * factor + carry
                limbs[index] = product % base
                carry = product / base
            }
            while carry > 0 {
                limbs.append(carry % base)
                carry /= base
            }
            left -= count
        }
        var digits = [UInt8](repeating: 0, count: 9 * limbs.count)
        var place = digits.count
        for limb in limbs {
            var rest = UInt32(truncatingIfNeeded: limb)
            for _ in 0..<9 {
                place -= 1
                digits[place] = UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        return normalized(digits, point: digits.count - max(0, -exponent))
    }

    private static func normalized(_ digits: [UInt8], point: Int) -> Decimal {
        let leading = digits.prefix { $0 == 0 }.count
        var kept = Array(digits.dropFirst(leading))
        while kept.last == 0 { kept.removeLast() }
        return kept.isEmpty ? Decimal(digits: [], point: 0) : Decimal(digits: kept, point: point - leading)
    }

    /// Rounds to the nearest, ties to even, which is exact because all digits are here.
    private static func round(_ decimal: inout Decimal, keeping count: Int) {
        guard count < decimal.digits.count else { return }
        guard count >= 0 else {
            decimal = Decimal(digits: [], point: 0)
            return
        }
        let rest = decimal.digits[count...]
        let isTie = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
        let isOdd = count > 0 && decimal.digits[count - 1] % 2 == 1
        let up = isTie ? isOdd : (rest.first ?? 0) >= 5
        var kept = Array(decimal.digits[..<count])
        var point = decimal.point
        if up {
            var index = count - 1
            while index >= 0, kept[index] == 9 {
                kept[index] = 0
                index -= 1
            }
            if index >= 0 {
                kept[index] += 1
            } else {
                kept.insert(1, at: 0)
                point += 1
            }
        }
        decimal = normalized(kept, point: point)
    }
}
