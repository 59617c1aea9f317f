/// A numeric constant, in every Go type that can hold it.
public struct TemplateNumber: Sendable, Equatable {
    public var int: Int?
    public var float: Double?
    /// Written as a float (`1.0`, `1e3`), so that where no type is asked for it is one.
    public var isWrittenAsFloat: Bool
    /// An integer above Int64: legal to write, an error to use.
    public var overflowsInt: Bool
}

extension TemplateNumber {
    /// Why a literal is not a number, in Go's words.
    struct Problem: Error { let text: String }

    init(literal: ArraySlice<UInt8>, kind: TemplateToken.Kind) throws(Problem) {
        let text = String(decoding: literal, as: UTF8.self)
        switch kind {
        case .characterConstant:
            guard let (value, isAlone) = GoQuote.unquotedScalar(literal) else { throw Problem(text: "invalid syntax") }
            if !isAlone { throw Problem(text: "malformed character constant: \(text)") }
            self.init(int: value, float: Double(value), isWrittenAsFloat: false, overflowsInt: false)
        case .complexNumber:
            throw Problem(text: "complex numbers are not supported: \(text)")
        default:
            guard !text.hasSuffix("i") else { throw Problem(text: "complex numbers are not supported: \(text)") }
            try self.init(real: text)
        }
    }

    private init(real text: String) throws(Problem) {
        let looksHex = text.drop { $0 == "+" || $0 == "-" }.lowercased().hasPrefix("0x")
        let hasFraction = text.contains { looksHex ? ".pP".contains($0) : ".eE".contains($0) }
        if let (magnitude, isNegative) = Self.magnitude(of: text) {
            let limit = UInt64(Int.max) + (isNegative ? 1 : 0)
            let value = magnitude <= limit ? Int(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude) : nil
            if value == nil, isNegative { throw Problem(text: "integer overflow: \(GoQuote.quoted(Array(text.utf8)))") }
            let float = isNegative ? -Double(magnitude) : Double(magnitude)
            self.init(int: value, float: float, isWrittenAsFloat: false, overflowsInt: value == nil)
            return
        }
        guard let plain = Self.withoutUnderscores(text, isHex: looksHex), let value = Double(plain), value.isFinite,
            !looksHex || text.lowercased().contains("p")
        else {
            throw Problem(text: "illegal number syntax: \(GoQuote.quoted(Array(text.utf8)))")
        }
        if !hasFraction { throw Problem(text: "integer overflow: \(GoQuote.quoted(Array(text.utf8)))") }
        self.init(int: Int(exactly: value), float: value, isWrittenAsFloat: true, overflowsInt: false)
    }

    /// Go's `ParseUint(text, 0, 64)` with a sign: base from the prefix, underscores where Go allows them.
    private static func magnitude(of text: String) -> (UInt64, isNegative: Bool)? {
        var digits = Substring(text)
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        var radix = 10
        let prefixes: [(String, Int)] = [("0x", 16), ("0o", 8), ("0b", 2)]
        if let (_, base) = prefixes.first(where: { digits.lowercased().hasPrefix($0.0) }) {
            radix = base
            digits = digits.dropFirst(2)
            if digits.hasPrefix("_") { digits = digits.dropFirst() }
        } else if digits.hasPrefix("0"), digits.count > 1 {
            radix = 8
        }
        guard let first = digits.first, first != "_", digits.last != "_", !digits.contains("__"), first != "+", first != "-"
        else { return nil }
        return UInt64(digits.filter { $0 != "_" }, radix: radix).map { ($0, isNegative) }
    }

    /// A float's text for Swift to read: underscores may only stand between digits, or after a base prefix.
    private static func withoutUnderscores(_ text: String, isHex: Bool) -> String? {
        guard text.contains("_") else { return text }
        let characters = Array(text)
        for (index, character) in characters.enumerated() where character == "_" {
            guard index > 0, index + 1 < characters.count else { return nil }
            let before = characters[index - 1]
            let after = characters[index + 1]
            guard after.isHexDigit, before.isHexDigit || (isHex && before.lowercased() == "x") else { return nil }
        }
        // ParseFloat takes underscores only where a base prefix stands.
        return isHex ? String(characters.filter { $0 != "_" }) : nil
    }
}
