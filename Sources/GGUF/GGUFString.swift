public import Bytes

/// A string of a GGUF file: bytes that are meant to be UTF-8 but may be anything, since tokens are cut anywhere.
public struct GGUFString: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let region: ByteRegion

    public init(_ region: ByteRegion) { self.region = region }
    public init(_ bytes: [UInt8]) { region = ByteRegion(bytes) }
    public init(_ text: String) { self.init(Array(text.utf8)) }
    public init(stringLiteral value: String) { self.init(value) }

    public var bytes: [UInt8] { region.bytes() }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    public var text: String { region.text() }

    public var description: String { text }

    public static func == (left: GGUFString, right: GGUFString) -> Bool {
        left.region.count == right.region.count
            && left.region.withSpan { left in right.region.withSpan { right in left.byteElementsEqual(right) } }
    }

    public func hash(into hasher: inout Hasher) { for byte in bytes { hasher.combine(byte) } }
}

/// An array of strings, as it lies in the file: no string is taken out before somebody asks for it.
///
/// A vocabulary has hundreds of thousands of them, and most readers look at a few.
public struct GGUFStrings: Sendable, RandomAccessCollection, Equatable {
    private let region: ByteRegion
    /// Where each string's bytes start and, one further, where they would end if the next one's length did not come first.
    private let starts: [Int]
    private let lengths: [Int32]

    init(region: ByteRegion, starts: [Int], lengths: [Int32]) {
        (self.region, self.starts, self.lengths) = (region, starts, lengths)
    }

    public init(_ strings: [String]) { self.init(strings.map { Array($0.utf8) }) }

    public init(_ strings: [[UInt8]]) {
        var starts: [Int] = []
        var bytes: [UInt8] = []
        starts.reserveCapacity(strings.count)
        for string in strings {
            starts.append(bytes.count)
            bytes.append(contentsOf: string)
        }
        self.init(region: ByteRegion(bytes), starts: starts, lengths: strings.map { Int32(clamping: $0.count) })
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { starts.count }

    public subscript(position: Int) -> GGUFString {
        // The parser checked that every string lies inside the region.
        GGUFString(region.part(starts[position]..<starts[position] + Int(lengths[position])) ?? ByteRegion([]))
    }

    /// Appends the bytes of one string to `bytes`: for readers of whole vocabularies, who cannot afford an array for each.
    public func append(_ position: Int, to bytes: inout [UInt8]) {
        self[position].region.withSpan { bytes.append(contentsOf: $0) }
    }

    /// All strings as text.
    public var texts: [String] { map(\.text) }

    public static func == (left: GGUFStrings, right: GGUFStrings) -> Bool { left.elementsEqual(right) }
}

extension RawSpan {
    /// Whether both spans hold the same bytes.
    fileprivate func byteElementsEqual(_ other: borrowing RawSpan) -> Bool {
        let count = byteCount
        guard count == other.byteCount else { return false }
        // Inside both spans by the line above; a byte has no alignment and every pattern is a valid one.
        for offset in 0..<count
        where unsafe self.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            != other.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        {
            return false
        }
        return true
    }
}
