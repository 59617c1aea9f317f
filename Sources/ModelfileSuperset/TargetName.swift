public import Diagnostics
public import ModelfileSyntax

/// `AS name` behind what FROM names: the name of a target.
public enum TargetName {
    /// The two parts of FROM's value in the superset: what it names, and the target's name where there is one.
    public static func split(_ value: ValueSyntax, in source: SourceText) -> (base: SourceRange, name: SourceRange?) {
        let whole = value.text.range
        guard value.quoting == .bare else { return (whole, nil) }
        let bytes = source.bytes
        func isBlank(_ place: Int) -> Bool { bytes[place] == 0x20 || bytes[place] == 0x09 }
        guard let blank = whole.last(where: isBlank), blank + 1 < whole.upperBound else { return (whole, nil) }
        let name = blank + 1..<whole.upperBound
        let wordEnd = end(before: blank + 1, from: whole.lowerBound, isBlank)
        let wordStart = wordEnd - 2
        guard wordStart > whole.lowerBound, isBlank(wordStart - 1), bytes[wordStart] | 0x20 == 0x61,
            bytes[wordStart + 1] | 0x20 == 0x73
        else { return (whole, nil) }
        let baseEnd = end(before: wordStart, from: whole.lowerBound, isBlank)
        return baseEnd > whole.lowerBound ? (whole.lowerBound..<baseEnd, name) : (whole, nil)
    }

    /// The end of what stands before the blanks that end at `place`.
    private static func end(before place: Int, from start: Int, _ isBlank: (Int) -> Bool) -> Int {
        var end = place
        while end > start, isBlank(end - 1) { end -= 1 }
        return end
    }

    /// A letter or digit, then letters, digits, `_`, `-` and `.`.
    public static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isAlphanumeric(first) else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
