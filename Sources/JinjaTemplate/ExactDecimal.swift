/// A float's exact value in decimal, to be cut where somebody wants it: what C's printf and Python's round do.
struct ExactDecimal {
    /// Digits before the point, without leading zeros, then those after it.
    private var digits: [UInt8]
    private var wholeCount: Int
    let isNegative: Bool

    init(_ value: Double) {
        isNegative = value.sign == .minus
        let magnitude = value.magnitude
        guard magnitude > 0, magnitude.isFinite else {
            (digits, wholeCount) = ([], 0)
            return
        }
        let bits = magnitude.significandBitPattern | (magnitude.isNormal ? 1 << 52 : 0)
        let power = max(Int(magnitude.exponentBitPattern), 1) - 1075
        digits = String(bits).utf8.map { $0 - 48 }
        wholeCount = digits.count
        if power > 0 { for _ in 0..<power { double() } }
        if power < 0 { for _ in 0..<(-power) { halve() } }
    }

    private mutating func double() {
        var carry: UInt8 = 0
        for index in digits.indices.reversed() {
            let sum = digits[index] * 2 + carry
            digits[index] = sum % 10
            carry = sum / 10
        }
        if carry > 0 {
            digits.insert(carry, at: 0)
            wholeCount += 1
        }
    }

    private mutating func halve() {
        var rest: UInt8 = 0
        for index in digits.indices {
            let value = rest * 10 + digits[index]
            digits[index] = value / 2
            rest = value % 2
        }
        if rest > 0 { digits.append(5) }
        if digits.first == 0, wholeCount > 0 {
            digits.removeFirst()
            wholeCount -= 1
        }
    }

    /// Leading zeros of the fraction count, so that the first digit may be one only for values below 1.
    private func digit(_ place: Int) -> UInt8 { digits.indices.contains(place) ? digits[place] : 0 }

    /// The digits up to `count` places after the point (or before it, where negative), rounded half to even.
    func rounded(toPlaces count: Int) -> String {
        let kept = wholeCount + count
        var result = kept > 0 ? (0..<kept).map { digit($0) } : []
        if roundsUp(after: kept) {
            var index = result.count - 1
            while index >= 0, result[index] == 9 {
                result[index] = 0
                index -= 1
            }
            if index >= 0 { result[index] += 1 } else { result.insert(1, at: 0) }
        }
        if count < 0 { result += Array(repeating: 0, count: result.isEmpty ? 0 : -count) }
        let fraction = max(0, count)
        while result.count <= fraction { result.insert(0, at: 0) }
        let text = String(decoding: result.map { $0 + 48 }, as: UTF8.self)
        let sign = isNegative ? "-" : ""
        return sign + text.dropLast(fraction) + (fraction > 0 ? "." + text.suffix(fraction) : "")
    }

    private func roundsUp(after kept: Int) -> Bool {
        if kept < 0 { return false }
        let next = digit(kept)
        if next != 5 { return next > 5 }
        if kept + 1 < digits.count, digits[(kept + 1)...].contains(where: { $0 != 0 }) { return true }
        return kept > 0 && digit(kept - 1) % 2 == 1
    }

    /// One digit, the point, `places` digits, and the exponent: C's `%e`.
    func scientific(places: Int) -> String {
        let exponent = magnitude
        var shifted = self
        shifted.wholeCount -= exponent
        var text = shifted.normalized.rounded(toPlaces: places)
        var power = exponent
        if text.drop(while: { $0 == "-" }).hasPrefix("10") {
            // Rounding made another digit.
            shifted.wholeCount -= 1
            text = shifted.normalized.rounded(toPlaces: places)
            power += 1
        }
        let size = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
        return text + "e" + (power < 0 ? "-" : "+") + size
    }

    /// The power of ten of the first digit that is not zero.
    var magnitude: Int { digits.firstIndex { $0 != 0 }.map { wholeCount - 1 - $0 } ?? 0 }

    /// The same digits with as many before the point as `wholeCount` says, zeros where there were none.
    private var normalized: ExactDecimal {
        var copy = self
        if copy.wholeCount < 0 {
            copy.digits = Array(repeating: 0, count: -copy.wholeCount) + copy.digits
            copy.wholeCount = 0
        }
        if let first = copy.digits.firstIndex(where: { $0 != 0 }), first > 0, copy.wholeCount > 1 {
            copy.digits.removeFirst(copy.wholeCount - 1)
            copy.wholeCount = 1
        }
        return copy
    }
}
