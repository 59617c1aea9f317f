import Diagnostics

/// Finds `${NAME}` in bytes. `$${` stands for `${` itself; a `$` before anything else is a `$`.
public enum Substitution {
    public enum Part: Equatable, Sendable {
        case text(Range<Int>)
        /// The whole of `${NAME}`, and the name in it.
        case reference(Range<Int>, name: Range<Int>)
        /// The first `$` of `$${`, which is left out.
        case escape(Range<Int>)
        /// `${NAME` with something else behind the name: another language's idea of a substitution.
        case malformed(Range<Int>)
    }

    /// The parts of `range` in order, without gaps.
    public static func parts(of bytes: [UInt8], in range: Range<Int>) -> [Part] {
        var parts: [Part] = []
        var (start, offset) = (range.lowerBound, range.lowerBound)
        func isBrace(_ place: Int) -> Bool { place + 1 < range.upperBound && bytes[place] == 0x24 && bytes[place + 1] == 0x7B }
        while offset < range.upperBound {
            guard bytes[offset] == 0x24 else {
                offset += 1
                continue
            }
            let found: Part?
            if isBrace(offset + 1) { found = .escape(offset..<offset + 1) } else { found = reference(at: offset, bytes, range) }
            guard let found, let end = found.range?.upperBound else {
                offset += 1
                continue
            }
            if start < offset { parts.append(.text(start..<offset)) }
            parts.append(found)
            // The braces behind an escape are text.
            offset = if case .escape = found { end + 2 } else { end }
            start = end
        }
        if start < range.upperBound { parts.append(.text(start..<range.upperBound)) }
        return parts
    }

    private static func reference(at offset: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Part? {
        guard offset + 1 < range.upperBound, bytes[offset + 1] == 0x7B else { return nil }
        let name = Self.name(at: offset + 2, bytes, range)
        guard !name.isEmpty else { return nil }
        if name.upperBound < range.upperBound, bytes[name.upperBound] == 0x7D {
            return .reference(offset..<name.upperBound + 1, name: name)
        }
        // To the closing brace on the same line, if there is one.
        let line = bytes[name.upperBound..<range.upperBound].prefix { $0 != 0x0A && $0 != 0x0D }
        return .malformed(offset..<(line.firstIndex(of: 0x7D).map { $0 + 1 } ?? name.upperBound))
    }

    /// A name at `offset`: a letter or `_`, then letters, digits and `_`.
    public static func name(at offset: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var end = offset
        while end < range.upperBound, isNameByte(bytes[end], isFirst: end == offset) { end += 1 }
        return offset..<end
    }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || !isFirst && (0x30...0x39).contains(byte)
    }
}

extension Substitution.Part {
    fileprivate var range: Range<Int>? {
        switch self {
        case .text(let range), .reference(let range, _), .escape(let range), .malformed(let range): range
        }
    }
}
