/// GPT-2's way of writing bytes as printable characters: each byte has a character, printable ASCII and Latin-1 stand for
/// themselves, the others follow from U+0100 on.
enum ByteAlphabet {
    /// The scalar of every byte.
    static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (0..<UInt32(256)).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
            default:
                defer { next += 1 }
                return next
            }
        }
    }()

    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = UInt8(byte) }
        return bytes
    }()

    /// The byte that `scalar` stands for, if it is a letter of the alphabet.
    static func byte(of scalar: UInt32) -> UInt8? { scalar < bytes.count ? bytes[Int(scalar)] : nil }

    static func append(_ byte: UInt8, to text: inout [UInt8]) { UTF8Scalars.append(scalars[Int(byte)], to: &text) }

    /// The bytes behind a token's text. Characters outside the alphabet stand for themselves.
    static func decode(_ text: ArraySlice<UInt8>, into bytes: inout [UInt8]) {
        let span = text.span
        var position = 0
        while position < span.count {
            let (scalar, length) = UTF8Scalars.decode(span, at: position)
            if let byte = byte(of: scalar) {
                bytes.append(byte)
            } else {
                for offset in 0..<length { bytes.append(span[position + offset]) }
            }
            position += length
        }
    }
}
