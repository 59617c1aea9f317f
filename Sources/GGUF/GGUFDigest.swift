import Bytes
import Crypto
import Tensors

/// Digests of a file's tensors, each alone and all in their order, as llama.cpp's `gguf-hash` makes them: metadata does not count, and
/// a split file has the digest of the whole one.
public struct GGUFDigest: Sendable {
    public enum Function: String, Sendable, CaseIterable {
        case xxh64, sha1, sha256
    }

    public let function: Function
    /// In hexadecimal digits, in the file's order.
    public let tensors: [(name: String, digest: String)]
    public let whole: String

    /// Bytes that are hashed before their pages are given back.
    private static let stretch = 8 << 20

    /// - Parameter progress: called with the bytes done; what it throws ends the work.
    /// - Throws: `GGUFError.unreadable` for a file that became shorter meanwhile.
    public init(of file: GGUFFile, _ function: Function, progress: (Int) throws -> Void = { _ in }) throws {
        var (all, done) = (RunningDigest(function), 0)
        var tensors: [(name: String, digest: String)] = []
        for tensor in file.tensors {
            let bytes = file.bytes(of: tensor)
            var one = RunningDigest(function)
            var start = 0
            while start < bytes.count, let part = bytes.part(start..<min(bytes.count, start + Self.stretch)) {
                part.withSpan {
                    one.update($0)
                    all.update($0)
                }
                part.advise(.doneWith)
                (start, done) = (start + part.count, done + part.count)
                try progress(done)
            }
            tensors.append((tensor.name, one.finalize()))
        }
        try file.checkIntact()
        (self.function, self.tensors, whole) = (function, tensors, all.finalize())
    }
}

/// A digest of bytes that come in pieces.
enum RunningDigest {
    case xxh64(XXHash64)
    case sha1(Insecure.SHA1)
    case sha256(SHA256)

    init(_ function: GGUFDigest.Function) {
        switch function {
        case .xxh64: self = .xxh64(XXHash64())
        case .sha1: self = .sha1(Insecure.SHA1())
        case .sha256: self = .sha256(SHA256())
        }
    }

    mutating func update(_ bytes: RawSpan) {
        // swift-crypto takes no spans. The pointer does not leave the closure and its length is the span's own.
        switch self {
        case .xxh64(var hash):
            hash.update(bytes)
            self = .xxh64(hash)
        case .sha1(var hash):
            unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
            self = .sha1(hash)
        case .sha256(var hash):
            unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
            self = .sha256(hash)
        }
    }

    func finalize() -> String {
        switch self {
        case .xxh64(let hash):
            let digits = String(hash.finalize(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        case .sha1(let hash): return Self.hexadecimal(Array(hash.finalize()))
        case .sha256(let hash): return Self.hexadecimal(Array(hash.finalize()))
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
