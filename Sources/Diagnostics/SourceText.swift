/// A range of UTF-8 offsets in a `SourceText`.
public typealias SourceRange = Range<Int>

/// Text that diagnostics point into: its name, its bytes as UTF-8, and where its lines begin.
///
/// Offsets count UTF-8 bytes. People are told lines and columns from 1, columns in Unicode scalars; a language server is told
/// lines and columns from 0, columns in UTF-16 units. A line ends with LF, CR or CRLF.
public struct SourceText: Sendable, Hashable {
    /// What the text is called in messages, usually a path.
    public let name: String
    /// The text, valid UTF-8.
    public let bytes: [UInt8]
    /// The offset at which each line begins. The first is 0; a text that ends with a newline has an empty last line.
    public let lineStarts: [Int]

    public init(_ text: String, name: String = "Modelfile") {
        self.name = name
        bytes = Array(text.utf8)
        lineStarts = Self.lineStarts(of: bytes)
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }
    public var count: Int { bytes.count }

    /// The text at `range`, which is cut to what exists.
    public func text(in range: SourceRange) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    private static func lineStarts(of bytes: [UInt8]) -> [Int] {
        var starts = [0]
        for (offset, byte) in bytes.enumerated() {
            let isCarriageReturnOfCRLF = byte == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
            if (byte == 0x0A || byte == 0x0D) && !isCarriageReturnOfCRLF { starts.append(offset + 1) }
        }
        return starts
    }
}
