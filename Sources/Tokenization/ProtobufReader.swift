/// Reads the fields of a Protocol Buffers message, one after the other, and never leaves it.
struct ProtobufReader {
    private let bytes: [UInt8]
    private(set) var offset: Int
    private let end: Int

    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// Where the bytes of a string, of bytes or of a message lie.
        case bytes(Range<Int>)
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) { (self.bytes, offset, end) = (bytes, range.lowerBound, range.upperBound) }

    /// The next field, or nil at the end of the message.
    mutating func next() throws(TokenizationError) -> (number: UInt64, value: Value)? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try varint()
        guard tag >> 3 != 0 else { throw .malformedSentencePieceModel(offset: start, reason: "field number 0") }
        switch tag & 7 {
        case 0: return (tag >> 3, .varint(try varint()))
        case 1: return (tag >> 3, .fixed64(try fixed(8)))
        case 2: return (tag >> 3, .bytes(try range(try varint())))
        case 5: return (tag >> 3, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw .malformedSentencePieceModel(offset: start, reason: "wire type \(tag & 7)")
        }
    }

    private mutating func varint() throws(TokenizationError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard offset < end else {
                throw .malformedSentencePieceModel(offset: offset, reason: "the message ends inside a number")
            }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformedSentencePieceModel(offset: offset, reason: "a number of more than ten bytes")
    }

    private mutating func fixed(_ length: UInt64) throws(TokenizationError) -> UInt64 {
        let range = try range(length)
        return range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }

    private mutating func range(_ length: UInt64) throws(TokenizationError) -> Range<Int> {
        guard length <= UInt64(end - offset) else {
            throw .malformedSentencePieceModel(offset: offset, reason: "a field of \(length) bytes where \(end - offset) are left")
        }
        defer { offset += Int(length) }
        return offset..<offset + Int(length)
    }
}
