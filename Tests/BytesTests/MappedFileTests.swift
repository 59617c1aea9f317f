import Bytes
import Glibc
import TestSupport
import Testing

@Suite("Mapped files")
struct MappedFileTests {
    private static let byteCount = 5 * 65536

    @Test("a file that becomes shorter while it is mapped reads as zeros, and an error names it", arguments: [0, 65536, 100_000])
    func truncation(size: Int) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write([UInt8](repeating: 7, count: Self.byteCount), to: "model.gguf")
        let region = try ByteRegion.mapping(file.path)
        try region.checkIntact()
        #expect(truncate(file.path, size) == 0)
        // Nothing was read behind the new end, so nothing is wrong.
        try region.checkIntact()
        let bytes = region.bytes()
        #expect(bytes[..<size].allSatisfy { $0 == 7 } && bytes[size...].allSatisfy { $0 == 0 })
        let error = #expect(throws: BytesError.self) { try region.checkIntact() }
        #expect(error.map { "\($0)" } == "'\(file.path)' became shorter while it was read")
        withExtendedLifetime(folder) {}
    }

    @Test("only the file that became shorter is complained about, and the next one mapped there is not")
    func others() throws {
        let folder = try TemporaryFolder()
        let paths = try (0..<3).map { try folder.write([UInt8](repeating: 1, count: Self.byteCount), to: "\($0)").path }
        let regions = try paths.map { try ByteRegion.mapping($0) }
        #expect(truncate(paths[1], 10) == 0)
        for region in regions { _ = region.bytes() }
        try regions[0].checkIntact()
        try regions[2].checkIntact()
        #expect(throws: BytesError.truncatedUnderneath(path: paths[1])) { try regions[1].checkIntact() }
        for _ in 0..<8 { try ByteRegion.mapping(paths[0]).checkIntact() }
        withExtendedLifetime(folder) {}
    }
}

@Suite("What can be read")
struct StreamTests {
    @Test("a pipe is read to its end, a file as it is")
    func pipes() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let text = Array("FROM x\n".utf8)
        #expect(write(ends[1], text, text.count) == text.count)
        close(ends[1])
        #expect(try OpenFile.stream("/dev/fd/\(ends[0])", limit: 100) == text)
        close(ends[0])
        let folder = try TemporaryFolder()
        let long = [UInt8](repeating: 3, count: 200_000)
        #expect(try OpenFile.stream(try folder.write(long, to: "long").path, limit: 200_000) == long)
        #expect(throws: BytesError.system(operation: "read", path: "/dev/zero", code: EFBIG)) {
            try OpenFile.stream("/dev/zero", limit: 100)
        }
        #expect(throws: BytesError.system(operation: "read", path: folder.path, code: EISDIR)) {
            try OpenFile.stream(folder.path, limit: 100)
        }
        withExtendedLifetime(folder) {}
    }
}
