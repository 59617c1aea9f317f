import Bytes
import GGUF
import Tensors
import TestSupport
import Testing

@Suite struct RoundTrips {
    /// A value of each type, an array of each, and a string that is not UTF-8.
    static func everything() -> GGUFMetadata {
        var metadata = GGUFMetadata()
        metadata["general.architecture"] = .string("llama")
        metadata["a"] = .uint8(255)
        metadata["b"] = .int8(-1)
        metadata["c"] = .uint16(65535)
        metadata["d"] = .int16(-2)
        metadata["e"] = .uint32(4_000_000_000)
        metadata["f"] = .int32(-3)
        metadata["g"] = .float32(0.1)
        metadata["h"] = .bool(true)
        metadata["i"] = .uint64(.max)
        metadata["j"] = .int64(.min)
        metadata["k"] = .float64(0.1)
        metadata["raw"] = .string(GGUFString([0xFF, 0x00, 0xC3]))
        metadata["arrays.a"] = .array(.uint8([1, 2]))
        metadata["arrays.b"] = .array(.int8([-1]))
        metadata["arrays.c"] = .array(.uint16([3]))
        metadata["arrays.d"] = .array(.int16([-3]))
        metadata["arrays.e"] = .array(.uint32([]))
        metadata["arrays.f"] = .array(.int32([7, -7]))
        metadata["arrays.g"] = .array(.float32([.infinity, -0.0]))
        metadata["arrays.h"] = .array(.bool([true, false]))
        metadata["arrays.i"] = .array(.uint64([.max]))
        metadata["arrays.j"] = .array(.int64([.min]))
        metadata["arrays.k"] = .array(.float64([.pi]))
        metadata["arrays.s"] = .array(.string(GGUFStrings([[0xE2], Array("é".utf8), []])))
        return metadata
    }

    func write(_ layout: GGUFLayout, _ data: [[UInt8]]) -> [UInt8] {
        var bytes = layout.header
        for (placement, content) in zip(layout.tensors, data) { bytes += content + [UInt8](repeating: 0, count: placement.padding) }
        return bytes
    }

    @Test func everyValueComesBack() throws {
        let metadata = Self.everything()
        let layout = try GGUFLayout(
            metadata: metadata, tensors: [("a", .f32, TensorShape(vector: 3)), ("b", .q8_0, try #require(TensorShape([32, 2])))])
        let bytes = write(layout, [Array(0..<12), Array(repeating: 7, count: 68)])
        #expect(bytes.count == layout.totalByteCount)
        let file = try GGUFFile(ByteRegion(bytes), name: "round")
        #expect(file.metadata == metadata)
        #expect(file.tensors.map(\.name) == ["a", "b"])
        #expect(file.bytes(of: file.tensors[0]).bytes() == Array(0..<12))
        #expect(file.bytes(of: file.tensors[1]).bytes() == Array(repeating: 7, count: 68))
        #expect(
            try GGUFLayout(metadata: file.metadata, tensors: file.tensors.map { ($0.name, $0.type, $0.shape) }).header
                == layout.header)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func realHeadersComeBackByteForByte() throws {
        for url in try SharedData.files(in: "vocab") where url.pathExtension == "gguf" {
            let bytes = try SharedData.bytes("vocab/\(url.lastPathComponent)")
            let file = try GGUFFile(path: url.path)
            let layout = try GGUFLayout(metadata: file.metadata, tensors: file.tensors.map { ($0.name, $0.type, $0.shape) })
            // Old writers left the header unpadded where no tensor follows; the version may be 2.
            let unpadded = Array(layout.header.prefix(bytes.count))
            #expect(unpadded[8...] == bytes.prefix(layout.header.count)[8...], "\(url.lastPathComponent)")
        }
    }

    @Test func metadataReadsConvertBetweenWidths() throws {
        let metadata = Self.everything()
        #expect(metadata.int("a") == 255 && metadata.int("f") == -3 && metadata.int("i") == nil)
        #expect(metadata.double("e") == 4_000_000_000)
        let error = #expect(throws: GGUFError.self) { try metadata.requiredInt("raw") }
        #expect(error == .wrongType(key: "raw", found: "a string", wanted: "an integer"))
        #expect(throws: GGUFError.missingKey("zzz")) { try metadata.requiredString("zzz") }
    }

    @Test func unwritableLayoutsAreRefused() throws {
        func layout(_ name: String, _ type: TensorType, _ columns: Int) throws -> GGUFLayout {
            try GGUFLayout(metadata: GGUFMetadata(), tensors: [(name, type, TensorShape(vector: columns))])
        }
        #expect(throws: GGUFError.self) { try layout("", .f32, 1) }
        #expect(throws: GGUFError.self) { try layout(String(repeating: "x", count: 64), .f32, 1) }
        #expect(throws: GGUFError.self) { try layout("w", .q4_K, 255) }
    }

    @Test func shardsReadAsOneFile() throws {
        let folder = try TemporaryFolder()
        for number in 0..<2 {
            var metadata = GGUFMetadata()
            if number == 0 { metadata["general.architecture"] = .string("llama") }
            metadata["split.no"] = .uint16(UInt16(number))
            metadata["split.count"] = .uint16(2)
            metadata["split.tensors.count"] = .int32(2)
            let layout = try GGUFLayout(metadata: metadata, tensors: [("t\(number)", .f32, TensorShape(vector: 8))])
            try folder.write(write(layout, [Array(repeating: UInt8(number), count: 32)]), to: "m-0000\(number + 1)-of-00002.gguf")
        }
        for number in 1...2 {
            let file = try GGUFFile(path: folder.file("m-0000\(number)-of-00002.gguf").path)
            #expect(file.tensors.map(\.name) == ["t0", "t1"])
            #expect(file.metadata.keys == ["general.architecture"])
            #expect(file.bytes(of: file.tensors[1])[0] == 1)
        }
        let lonely = try folder.write([UInt8](try Data(contentsOf: folder.file("m-00001-of-00002.gguf"))), to: "renamed.gguf")
        #expect(throws: GGUFError.self) { try GGUFFile(path: lonely.path) }
    }
}
