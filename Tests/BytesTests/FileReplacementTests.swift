import Bytes
import Foundation
import TestSupport
import Testing

@Suite struct FileReplacementTests {
    private func names(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("a file has its name when it is whole, and not before")
    func wholeOrNothing() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("out").path
        try FileReplacement.write([1], to: path)
        let file = try FileReplacement(path: path, byteCount: 3)
        try file.write([2, 3, 4])
        #expect([UInt8](try Data(contentsOf: folder.file("out"))) == [1])
        try file.commit()
        #expect([UInt8](try Data(contentsOf: folder.file("out"))) == [2, 3, 4])
        #expect(try names(folder) == ["out"])
    }

    @Test("what is not committed leaves nothing")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        do { try FileReplacement(path: folder.file("out").path).write([1, 2]) }
        #expect(try names(folder) == [])
    }

    @Test("leftovers of processes that were killed are removed, and nothing else is")
    func leftovers() throws {
        let folder = try TemporaryFolder()
        for name in ["out.123.part", "out.part", "out.x1.part", "other.123.part"] { try Data([0]).write(to: folder.file(name)) }
        try FileReplacement.write([1], to: folder.file("out").path)
        #expect(try names(folder) == ["other.123.part", "out", "out.part", "out.x1.part"])
    }

    @Test("a link is followed, also one that leads to nothing yet, and stays")
    func links() throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        try files.createDirectory(at: folder.file("disk"), withIntermediateDirectories: false)
        try files.createSymbolicLink(atPath: folder.file("disk/second").path, withDestinationPath: "there")
        try files.createSymbolicLink(atPath: folder.file("out").path, withDestinationPath: "disk/second")
        for byte in [1, 2] as [UInt8] {
            try FileReplacement.write([byte], to: folder.file("out").path)
            #expect([UInt8](try Data(contentsOf: folder.file("disk/there"))) == [byte])
        }
        #expect(try files.destinationOfSymbolicLink(atPath: folder.file("out").path) == "disk/second")
        try files.createSymbolicLink(atPath: folder.file("ring").path, withDestinationPath: "ring")
        #expect(throws: BytesError.self) { try FileReplacement.write([1], to: folder.file("ring").path) }
    }

    @Test("parts of another file follow what was written before, and more can follow them")
    func appendedRanges() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Data(bytes).write(to: folder.file("in"))
        let source = try OpenFile.reading(folder.file("in").path)
        let file = try FileReplacement(path: folder.file("out").path)
        try file.write([9])
        try file.append(5..<70_001, of: source)
        try file.write([8])
        try file.append(0..<3, of: source)
        #expect(throws: BytesError.self) { try file.append(99_999..<100_001, of: source) }
        try file.commit()
        let wanted: [UInt8] = [9] + bytes[5..<70_001] + [8] + bytes[0..<3] + [bytes[99_999]]
        #expect([UInt8](try Data(contentsOf: folder.file("out"))) == wanted)
    }

    @Test("room for a file that cannot fit is refused before anything is written")
    func noRoom() throws {
        let folder = try TemporaryFolder()
        #expect(throws: BytesError.self) { try FileReplacement(path: folder.file("out").path, byteCount: 1 << 60) }
        #expect(throws: BytesError.self) { try FileReplacement.checkRoom(for: 1 << 60, at: folder.file("out").path) }
        try FileReplacement.checkRoom(for: 1, at: folder.file("out").path)
        #expect(try names(folder) == [])
    }
}
