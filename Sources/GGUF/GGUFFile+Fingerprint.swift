import Bytes
import Crypto

extension GGUFFile {
    /// Bytes at the start of each tensor that a fingerprint looks at.
    private static let sampledBytes = 4096

    /// What tells this file from other ones, at once: SHA-256, in hexadecimal digits, over metadata, the tensors' names, types and
    /// shapes, and the first bytes of each tensor.
    ///
    /// Two trainings of one model differ in every tensor, so this is enough to tell whether something that was computed from the
    /// weights belongs to them. It is no proof against somebody who changes weights on purpose; `GGUFDigest` is.
    public func fingerprint() throws(GGUFError) -> String {
        let layout = try GGUFLayout(metadata: metadata, tensors: tensors.map { ($0.name, $0.type, $0.shape) })
        var hash = RunningDigest(.sha256)
        // A byte has no padding, which is all that makes the bytes of a span unsafe in general.
        hash.update(unsafe layout.header.span.bytes)
        for tensor in tensors {
            let bytes = bytes(of: tensor)
            bytes.part(0..<min(bytes.count, Self.sampledBytes))?.withSpan { hash.update($0) }
        }
        return hash.finalize()
    }
}
