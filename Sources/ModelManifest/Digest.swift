import Crypto

/// The SHA-256 of a blob: its name in the store and its identity everywhere else.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits, lower case.
    public let hex: String

    private static let hexLength = 64

    /// Reads `sha256:<hex>` (manifests, the wire) or `sha256-<hex>` (file names), in either case of letters.
    public init(_ text: String) throws(ManifestError) {
        let bytes = Array(text.utf8)
        let prefix = Array("sha256".utf8)
        guard bytes.count == prefix.count + 1 + Self.hexLength, bytes.starts(with: prefix),
            bytes[prefix.count] == UInt8(ascii: ":") || bytes[prefix.count] == UInt8(ascii: "-")
        else { throw .invalidDigest(text) }
        let digits = bytes.dropFirst(prefix.count + 1)
        guard digits.allSatisfy(Self.isHexDigit) else { throw .invalidDigest(text) }
        hex = String(decoding: digits, as: UTF8.self).lowercased()
    }

    /// The digest of `bytes`, all at once.
    public init(of bytes: [UInt8]) {
        var hasher = DigestHasher()
        hasher.update(bytes)
        self = hasher.finalize()
    }

    /// The result of a hash function: 32 bytes.
    fileprivate init(result: some Sequence<UInt8>) {
        let letters = Array("0123456789abcdef".utf8)
        hex = String(decoding: result.flatMap { [letters[Int($0 >> 4)], letters[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// As manifests and the wire spell it.
    public var description: String { "sha256:" + hex }

    /// As the store names the file.
    public var fileName: String { "sha256-" + hex }

    /// The first twelve digits, as `list` shows them.
    public var short: String { String(hex.prefix(12)) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

/// SHA-256 over bytes that arrive in pieces.
public struct DigestHasher: Sendable {
    private var function = SHA256()

    public init() {}

    // A byte has no padding, which is all that makes the bytes of a span unsafe in general.
    public mutating func update(_ bytes: [UInt8]) { update(unsafe bytes.span.bytes) }

    public mutating func update(_ bytes: RawSpan) {
        // swift-crypto takes no spans. The pointer does not leave the closure and its length is the span's own.
        unsafe bytes.withUnsafeBytes { unsafe function.update(bufferPointer: $0) }
    }

    public func finalize() -> Digest { Digest(result: function.finalize()) }
}
