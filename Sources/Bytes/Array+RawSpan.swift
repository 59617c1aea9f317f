extension [UInt8] {
    /// A copy of the span's bytes.
    public init(_ bytes: RawSpan) { self = bytes.withUnsafeBytes { [UInt8]($0) } }

    /// Appends a copy of the span's bytes.
    public mutating func append(contentsOf bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}
