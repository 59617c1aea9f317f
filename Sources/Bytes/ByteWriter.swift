/// Collects little-endian values in memory: headers, metadata, small tensors.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var count: Int { bytes.count }

    public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func write(_ value: Float) { write(value.bitPattern) }
    public mutating func write(_ value: Double) { write(value.bitPattern) }
    public mutating func write(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
    public mutating func write(_ region: ByteRegion) { region.withUnsafeBytes { bytes.append(contentsOf: $0) } }

    /// Appends zeros up to the next multiple of `alignment`.
    public mutating func pad(to alignment: Int) {
        let rest = bytes.count % alignment
        if rest != 0 { bytes.append(contentsOf: repeatElement(0, count: alignment - rest)) }
    }
}
