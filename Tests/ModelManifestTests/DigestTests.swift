import ModelManifest
import Testing

@Suite struct DigestTests {
    static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func `the digests of FIPS 180-4 come out`() {
        #expect(Digest(of: []).hex == Self.empty)
        #expect(Digest(of: Array("abc".utf8)).description == "sha256:" + Self.abc)
    }

    @Test func `pieces of any size give the digest of the whole`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for size in [1, 3, 63, 64, 65, 999] {
            var hasher = DigestHasher()
            for start in stride(from: 0, to: bytes.count, by: size) {
                hasher.update(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(hasher.finalize() == Digest(of: bytes))
        }
    }

    @Test func `both spellings are read and letters become lower case`() throws {
        let digest = try Digest("sha256-" + Self.abc.uppercased())
        #expect(try digest == Digest("sha256:" + Self.abc))
        #expect(digest.fileName == "sha256-" + Self.abc)
        #expect(digest.short == "ba7816bf8f01")
    }

    static let malformed: [String] = [
        "", "sha256", "sha256:", "sha256_\(abc)", "sha512:\(abc)", abc, "sha256:\(abc)0", "sha256:\(abc.dropLast())",
        "sha256:\(abc.dropLast())g", "sha256:../\(abc.dropFirst(3))", " sha256:\(abc)", "SHA256:\(abc)",
        "sha256:\(abc.dropLast(2))é",
    ]

    @Test(arguments: malformed) func `anything else is no digest`(_ text: String) {
        #expect(throws: ManifestError.invalidDigest(text)) { try Digest(text) }
    }
}
