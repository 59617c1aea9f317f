/// Why a text is not the JSON that was wanted, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What was found or missing, in lower case and without a position.
    public let problem: String
    /// Offset in bytes from the start of the text.
    public let offset: Int
    /// Line and column, both from 1; columns count bytes.
    public let line: Int
    public let column: Int

    public var description: String { "\(problem) at line \(line), column \(column)" }

    init(_ problem: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        self.problem = problem
        self.offset = offset
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        column = offset - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    }
}

/// What a parser accepts before it gives up. Input from outside is hostile, so depth and size are bounded.
public struct JSONLimits: Sendable {
    /// Arrays and objects inside each other.
    public var depth: Int
    /// Bytes of the whole text.
    public var byteCount: Int
    /// Whether an object may name a key twice, in which case the last one counts (as in Go and Python).
    public var allowsDuplicateKeys: Bool
    /// Whether `NaN`, `Infinity` and `-Infinity` are read as numbers, as Python writes them.
    public var allowsNonFiniteNumbers: Bool

    public init(
        depth: Int = 256, byteCount: Int = 1 << 30, allowsDuplicateKeys: Bool = false, allowsNonFiniteNumbers: Bool = false
    ) {
        self.depth = depth
        self.byteCount = byteCount
        self.allowsDuplicateKeys = allowsDuplicateKeys
        self.allowsNonFiniteNumbers = allowsNonFiniteNumbers
    }

    public static let `default` = JSONLimits()
    /// What Go's decoder takes: the last of two equal keys counts.
    public static let lenient = JSONLimits(allowsDuplicateKeys: true)
    /// What Python's encoder may write.
    public static let python = JSONLimits(allowsDuplicateKeys: true, allowsNonFiniteNumbers: true)
}
