/// A cursor over a region that reads little-endian values and never leaves it.
public struct ByteReader: Sendable {
    public let region: ByteRegion
    /// Offset of the next byte to read.
    public private(set) var offset: Int

    public init(_ region: ByteRegion, at offset: Int = 0) {
        precondition(offset >= 0 && offset <= region.count)
        (self.region, self.offset) = (region, offset)
    }

    public var remaining: Int { region.count - offset }

    /// Reads a little-endian integer.
    public mutating func read<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(BytesError) -> Value {
        let start = try advance(UInt64(MemoryLayout<Value>.size))
        return Value(littleEndian: region.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) })
    }

    public mutating func readFloat() throws(BytesError) -> Float { Float(bitPattern: try read()) }
    public mutating func readDouble() throws(BytesError) -> Double { Double(bitPattern: try read()) }

    /// Reads the next `length` bytes as a region of their own, without copying.
    public mutating func readRegion(_ length: UInt64) throws(BytesError) -> ByteRegion {
        let start = try advance(length)
        guard let part = region.part(start..<offset) else { throw shortage(length) }
        return part
    }

    public mutating func skip(_ length: UInt64) throws(BytesError) { _ = try advance(length) }

    private mutating func advance(_ length: UInt64) throws(BytesError) -> Int {
        guard length <= UInt64(remaining) else { throw shortage(length) }
        let start = offset
        offset += Int(length)
        return start
    }

    private func shortage(_ needed: UInt64) -> BytesError {
        .truncated(offset: offset, needed: needed, available: region.count)
    }
}
