/// Text as Go has it: bytes, usually UTF-8. Slicing may cut a character in two, and joining mends it again.
public struct TemplateString: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public var isEmpty: Bool { bytes.isEmpty }
}

extension TemplateString: Comparable {
    /// Byte by byte, as Go compares strings and sorts a map's keys.
    public static func < (left: TemplateString, right: TemplateString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension TemplateString: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { text }
}
