/// Reads text that is meant to be UTF-8, scalar by scalar, and never stumbles over what is not.
enum UTF8Scalars {
    /// Stands for a byte that is no part of a well-formed scalar.
    static let replacement: UInt32 = 0xFFFD

    /// The scalar at `position` and its length in bytes. A byte that begins no well-formed scalar (Unicode standard,
    /// table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF) is U+FFFD of length 1.
    @inline(__always)
    static func decode(_ text: borrowing Span<UInt8>, at position: Int) -> (scalar: UInt32, length: Int) {
        let first = text[position]
        if first < 0x80 { return (UInt32(first), 1) }
        return decodeLong(text, at: position, first: first)
    }

    private static func decodeLong(
        _ text: borrowing Span<UInt8>, at position: Int, first: UInt8
    ) -> (scalar: UInt32, length: Int) {
        let invalid = (scalar: replacement, length: 1)
        let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        guard length != 0, position + length <= text.count else { return invalid }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = text[position + offset]
            guard byte & 0xC0 == 0x80 else { return invalid }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard scalar >= smallest, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return invalid }
        return (scalar, length)
    }

    /// Appends the UTF-8 form of `scalar`.
    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case ..<0x80:
            bytes.append(UInt8(scalar))
        case ..<0x800:
            bytes.append(0xC0 | UInt8(scalar >> 6))
            bytes.append(0x80 | UInt8(scalar & 0x3F))
        case ..<0x10000:
            bytes.append(0xE0 | UInt8(scalar >> 12))
            bytes.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            bytes.append(0x80 | UInt8(scalar & 0x3F))
        default:
            bytes.append(0xF0 | UInt8(scalar >> 18 & 0x07))
            bytes.append(0x80 | UInt8(scalar >> 12 & 0x3F))
            bytes.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            bytes.append(0x80 | UInt8(scalar & 0x3F))
        }
    }
}
