public import Bytes

/// One tensor of a safetensors file: what the header says of it, and its bytes.
public struct SafetensorsTensor: Sendable {
    public let name: String
    public let type: SafetensorsType
    /// Extents, outermost first; none for a single number.
    public let shape: [Int]
    /// The elements, row-major and little-endian: as many bytes as type and shape ask for.
    public let bytes: ByteRegion

    public var elementCount: Int { bytes.count / type.byteCount }

    /// A tensor of `bytes`.
    ///
    /// - Returns: nil where the bytes are not as many as type and shape ask for.
    public init?(name: String, type: SafetensorsType, shape: [Int], bytes: ByteRegion) {
        guard Self.byteCount(type: type, shape: shape) == bytes.count else { return nil }
        (self.name, self.type, self.shape, self.bytes) = (name, type, shape, bytes)
    }

    /// Bytes of a tensor, or nil where an extent is negative or the product overflows.
    static func byteCount(type: SafetensorsType, shape: [Int]) -> Int? {
        var product = type.byteCount
        for extent in shape {
            guard extent >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            product = next
        }
        return product
    }
}
