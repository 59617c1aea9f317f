import Bytes
import TestSupport
import Testing

@Suite struct Regions {
    @Test func partsStayInside() {
        let region = ByteRegion(Array(0..<10))
        #expect(region.part(2..<5)?.bytes() == [2, 3, 4])
        #expect(region.part(2..<5)?.part(1..<3)?.bytes() == [3, 4])
        #expect(region.part(5..<11) == nil)
        #expect(region.part(-1..<2) == nil)
        #expect(region.part(offset: 8, length: 2)?.bytes() == [8, 9])
        #expect(region.part(offset: 8, length: 3) == nil)
        #expect(region.part(offset: .max, length: 1) == nil)
        #expect(region.part(offset: 2, length: .max - 1) == nil)
        #expect(region.part(10..<10)?.isEmpty == true)
    }

    @Test func aMappingOutlivesTheNameOfItsFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Array("hello".utf8), to: "a")
        let part = try #require(try ByteRegion.mapping(file.path).part(1..<3))
        try FileManager.default.removeItem(at: file)
        #expect(part.text() == "el")
        #expect(part.path == file.path && part.offsetInStorage == 1)
    }

    @Test func anEmptyFileIsAnEmptyRegion() throws {
        let folder = try TemporaryFolder()
        #expect(try ByteRegion.mapping(try folder.write([], to: "empty").path).isEmpty)
    }

    @Test func whatCannotBeMappedIsNamed() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: BytesError.self) { try ByteRegion.mapping(folder.file("none").path) }
        #expect(missing.map { "\($0)" } == "cannot open '\(folder.file("none").path)': no such file or directory")
        let aFolder = #expect(throws: BytesError.self) { try ByteRegion.mapping(folder.path) }
        #expect(aFolder.map { "\($0)" }?.hasSuffix("is a directory") == true)
    }

    @Test func readersNeverLeaveTheirRegion() throws {
        var reader = ByteReader(ByteRegion([1, 0, 2, 0, 0, 0, 3]))
        #expect(try reader.read(UInt16.self) == 1)
        #expect(try reader.read(UInt32.self) == 2)
        #expect(throws: BytesError.truncated(offset: 6, needed: 4, available: 7)) { try reader.readFloat() }
        #expect(throws: BytesError.self) { try reader.skip(.max) }
        #expect(throws: BytesError.self) { try reader.readRegion(2) }
        #expect(try reader.readRegion(1).bytes() == [3])
        #expect(reader.remaining == 0)
    }

    @Test func writersAreLittleEndianAndPad() {
        var writer = ByteWriter()
        writer.write(UInt16(0x0102))
        writer.write(Float(1))
        writer.pad(to: 8)
        writer.pad(to: 8)
        #expect(writer.bytes == [2, 1, 0, 0, 0x80, 0x3F, 0, 0])
    }
}

@Suite struct Replacements {
    @Test func appearWhole() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("file").path
        try FileReplacement.write([1], to: path)
        let file = try FileReplacement(path: path)
        try file.write([2, 3])
        #expect(try ByteRegion.mapping(path).bytes() == [1])
        try file.commit()
        #expect(try ByteRegion.mapping(path).bytes() == [2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    @Test func leaveNothingWhenDropped() throws {
        let folder = try TemporaryFolder()
        do {
            let file = try FileReplacement(path: folder.file("file").path)
            try file.write([1])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func wantSpaceBeforeTheyStart() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: BytesError.self) { try FileReplacement(path: folder.file("file").path, byteCount: .max) }
        #expect(error?.code == 28)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
