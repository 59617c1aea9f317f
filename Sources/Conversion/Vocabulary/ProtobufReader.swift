/// Reads the fields of a protocol buffer message, one after another, from bytes that may be anything.
///
/// Wire format: https://protobuf.dev/programming-guides/encoding/. Groups, which proto2 had before messages, are refused.
struct ProtobufReader {
    /// The value of a field, by how it is encoded.
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)

        var bytes: ArraySlice<UInt8>? { if case .bytes(let value) = self { value } else { nil } }
        var float: Float? { if case .fixed32(let bits) = self { Float(bitPattern: bits) } else { nil } }
        /// A signed integer: negative ones are written as 64-bit two's complement.
        var int: Int? { if case .varint(let bits) = self { Int(Int64(bitPattern: bits)) } else { nil } }
        var bool: Bool? { int.map { $0 != 0 } }
    }

    struct Malformed: Error {
        let offset: Int
        let reason: String
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next field, or nil at the end.
    mutating func next() throws(Malformed) -> (number: Int, value: Value)? {
        guard position < bytes.endIndex else { return nil }
        let tag = try varint()
        guard let number = Int(exactly: tag >> 3), number > 0 else { throw malformed("a field without a number") }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.endIndex - position) else { throw malformed("a field of \(length) bytes, past the end") }
            defer { position += Int(length) }
            return (number, .bytes(bytes[position..<position + Int(length)]))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw malformed("a field of the unknown wire type \(tag & 7)")
        }
    }

    private func malformed(_ reason: String) -> Malformed { Malformed(offset: position, reason: reason) }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.endIndex else { throw malformed("a number cut off by the end") }
            let byte = bytes[position]
            position += 1
            // Bits past the 64th are dropped, as other readers do.
            if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
            if byte < 0x80 { return value }
        }
        throw malformed("a number of more than ten bytes")
    }

    private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
        guard bytes.endIndex - position >= count else { throw malformed("a number cut off by the end") }
        defer { position += count }
        return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
