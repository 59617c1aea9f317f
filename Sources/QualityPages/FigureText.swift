// Numbers as people read them.
import Glibc

enum FigureText {
    /// With so many digits after the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value.magnitude * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "−" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int(scale))
        return "\(sign)\(scaled / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// With so many digits that say something: `0.00123`, `12.3`, `1230`; tiny ones as `1.2 · 10⁻⁷`.
    static func short(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return "–" }
        guard value != 0 else { return "0" }
        let exponent = Int(log10(value.magnitude).rounded(.down))
        guard exponent >= -4 else { return "\(fixed(value / pow(10, Double(exponent)), 1)) · \(powerOfTen(exponent))" }
        return fixed(value, max(0, digits - 1 - exponent))
    }

    /// A mark of an axis: no more digits than the number has.
    static func tick(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let exponent = Int(log10(value.magnitude).rounded(.down))
        if exponent < -3 || exponent > 4 { return powerOfTen(exponent) }
        var text = fixed(value, max(0, 1 - exponent))
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text
    }

    /// Perplexities run from one to thousands.
    static func perplexity(_ value: Double) -> String { fixed(value, value >= 100 ? 1 : 3) }

    private static func powerOfTen(_ exponent: Int) -> String {
        let raised = String(exponent.magnitude).unicodeScalars.map { superscripts[Int($0.value) - 0x30] }
        return "10" + (exponent < 0 ? "⁻" : "") + String(raised)
    }

    private static let superscripts: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

    /// A share as percent.
    static func percent(_ share: Double, _ digits: Int = 2) -> String { fixed(100 * share, digits) + " %" }

    static func bytes(_ count: Int) -> String {
        let units = ["B", "KB", "MB", "GB", "TB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        return "\(fixed(value, unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2)) \(units[unit])"
    }

    static func count(_ value: Int) -> String {
        var (digits, groups) = (String(value), [String]())
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: "\u{202F}")
    }
}
