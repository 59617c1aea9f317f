/// A JSON number by the text it was written with, so that nothing is lost between reading and writing it.
public struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ value: Int) { text = String(value) }
    public init(_ value: UInt64) { text = String(value) }

    /// The shortest text that reads back as `value`, laid out as Go's and JavaScript's encoders do: digits without an exponent
    /// from 1e-6 up to 1e21, whole numbers without a fraction.
    ///
    /// JSON has no word for a number that is not finite; it becomes `null`'s text where a caller let one come here.
    public init(_ value: Double) {
        text = value.isFinite ? Self.layOut(value.description, magnitude: value.magnitude) : "null"
    }

    /// As `init(_: Double)`, with the shortest text that reads back as the same single-precision value: 0.7, not 0.699999988.
    public init(_ value: Float) {
        text = value.isFinite ? Self.layOut(value.description, magnitude: Double(value.magnitude)) : "null"
    }

    /// Text that a parser found to be a number.
    init(verified text: String) { self.text = text }

    public var double: Double { Double(text) ?? .nan }

    /// The value as an integer, where it is a whole number in range: `2`, `2.0` and `2e3` are, `2.5` is not.
    public var int: Int? { Int(text) ?? Int(exactly: double) }

    public var description: String { text }

    /// Rewrites Swift's shortest text (`1e-05`, `1e+16`, `5.0`) in the layout of Go's encoding/json.
    private static func layOut(_ shortest: String, magnitude: Double) -> String {
        var digits = shortest
        let sign = digits.hasPrefix("-") ? "-" : ""
        if !sign.isEmpty { digits.removeFirst() }
        var exponent = 0
        if let mark = digits.firstIndex(of: "e") {
            exponent = Int(digits[digits.index(after: mark)...].drop { $0 == "+" }) ?? 0
            digits = String(digits[..<mark])
        }
        var whole = digits
        var fraction = ""
        if let point = digits.firstIndex(of: ".") {
            whole = String(digits[..<point])
            fraction = String(digits[digits.index(after: point)...])
        }
        // From here on the value is 0.<significant> * 10^scale.
        var significant = whole + fraction
        var scale = whole.count + exponent
        while significant.hasPrefix("0"), significant.count > 1 {
            significant.removeFirst()
            scale -= 1
        }
        while significant.hasSuffix("0"), significant.count > 1 { significant.removeLast() }
        if significant == "0" { return sign + "0" }
        if magnitude < 1e-6 || magnitude >= 1e21 { return sign + scientific(significant, power: scale - 1) }
        if scale <= 0 { return sign + "0." + String(repeating: "0", count: -scale) + significant }
        if scale >= significant.count { return sign + significant + String(repeating: "0", count: scale - significant.count) }
        return sign + significant.prefix(scale) + "." + significant.dropFirst(scale)
    }

    private static func scientific(_ significant: String, power: Int) -> String {
        let fraction = significant.dropFirst()
        let mantissa = significant.prefix(1) + (fraction.isEmpty ? "" : "." + fraction)
        return mantissa + "e" + (power < 0 ? "-" : "+") + String(abs(power))
    }
}
