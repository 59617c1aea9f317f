import Bytes
import Safetensors
import TestSupport
import Testing

/// A file with `header` as its header and `dataCount` zeros as its data.
private func file(_ header: String, dataCount: Int = 0, claiming length: UInt64? = nil) -> ByteRegion {
    var writer = ByteWriter()
    writer.write(length ?? UInt64(header.utf8.count))
    writer.write(contentsOf: header.utf8)
    writer.write(contentsOf: [UInt8](repeating: 0, count: dataCount))
    return ByteRegion(writer.bytes)
}

private func read(_ region: ByteRegion) throws(SafetensorsError) -> SafetensorsFile {
    try SafetensorsFile(region, name: "m")
}

private func entry(_ members: String) -> String { #"{"w":{\#(members)}}"# }

@Suite struct SafetensorsFileTests {
    @Test func readsATensor() throws {
        let bytes: [UInt8] =
            [
                0x3B, 0, 0, 0, 0, 0, 0, 0,  // 59 bytes of header
            ] + Array(#"{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}   "#.utf8) + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
        let tensor = try #require(try read(ByteRegion(bytes)).tensors.first)
        #expect(tensor.name == "w" && tensor.type == .float32 && tensor.shape == [1, 2] && tensor.elementCount == 2)
        #expect(tensor.bytes.bytes() == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
    }

    @Test func anEmptyFileOfTensorsIsValid() throws { #expect(try read(file("{}")).tensors.isEmpty) }

    @Test func metadataIsRead() throws {
        #expect(try read(file(#"{"__metadata__":{"format":"pt"}}"#)).metadata == ["format": "pt"])
        #expect(try read(file(#"{"__metadata__":null}"#)).metadata == [:])
    }

    @Test func emptyTensorsShareAPlace() throws {
        let header = """
            {"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"e":{"dtype":"F32","shape":[0,4],"data_offsets":[2,2]},\
            "b":{"dtype":"U8","shape":[],"data_offsets":[2,3]}}
            """
        #expect(try read(file(header, dataCount: 3)).tensors.map(\.name) == ["a", "e", "b"])
    }

    // One test per rule.

    @Test func tooShortForALength() {
        #expect(throws: SafetensorsError.tooShort(file: "m", byteCount: 7)) {
            try read(ByteRegion([1, 0, 0, 0, 0, 0, 0]))
        }
    }

    @Test func headerLongerThanTheLimit() {
        #expect(throws: SafetensorsError.headerTooLong(file: "m", byteCount: .max)) {
            try read(ByteRegion([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B]))
        }
    }

    @Test func headerPastTheEnd() {
        #expect(throws: SafetensorsError.headerPastEnd(file: "m", byteCount: 16, available: 2)) {
            try read(file("{}", claiming: 16))
        }
    }

    @Test(arguments: ["", " {}", "[]", "\u{FEFF}{}"])
    func headerThatDoesNotBeginAsAnObject(header: String) {
        #expect(throws: SafetensorsError.headerIsNoObject(file: "m")) { try read(file(header)) }
    }

    @Test(arguments: [
        "{", "{}x", #"{"w":1,"w":1}"#, #"{"w":{"dtype":"F32","dtype":"F32"}}"#, #"{"a":[[[[[[[[]]]]]]]]}"#, #"{"w":{}"#,
    ])
    func headerThatIsNoJSON(header: String) {
        #expect { try read(file(header)) } throws: { error in
            if case SafetensorsError.malformedHeader(file: "m", _) = error { true } else { false }
        }
    }

    @Test func headerThatIsNoUTF8() {
        let bytes: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x30]
        #expect { try read(ByteRegion(bytes)) } throws: { error in
            if case SafetensorsError.malformedHeader(file: "m", _) = error { true } else { false }
        }
    }

    @Test(arguments: ["1", #"{"a":1}"#, #"["a"]"#])
    func metadataThatIsNotText(value: String) {
        #expect(throws: SafetensorsError.malformedMetadata(file: "m")) { try read(file(#"{"__metadata__":\#(value)}"#)) }
    }

    @Test(arguments: [
        (#""shape":[1],"data_offsets":[0,4]"#, "dtype"), (#""dtype":4,"shape":[1],"data_offsets":[0,4]"#, "dtype"),
        (#""dtype":"F32","data_offsets":[0,4]"#, "shape"), (#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#, "shape"),
        (#""dtype":"F32","shape":["1"],"data_offsets":[0,4]"#, "shape"),
        (#""dtype":"F32","shape":[1.5],"data_offsets":[0,4]"#, "shape"),
        (#""dtype":"F32","shape":[1]"#, "data_offsets"), (#""dtype":"F32","shape":[1],"data_offsets":[0]"#, "data_offsets"),
        (#""dtype":"F32","shape":[1],"data_offsets":[0,4,8]"#, "data_offsets"),
        (#""dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]"#, "data_offsets"),
        (#""dtype":"F32","shape":[1],"data_offsets":[-4,0]"#, "data_offsets"),
    ])
    func entryWithAMissingOrWrongMember(members: String, member: String) {
        #expect(throws: SafetensorsError.malformedEntry(file: "m", tensor: "w", member: member)) {
            try read(file(entry(members), dataCount: 4))
        }
    }

    @Test func anEntryThatIsNoObject() {
        #expect(throws: SafetensorsError.malformedEntry(file: "m", tensor: "w", member: "dtype")) { try read(file(#"{"w":1}"#)) }
    }

    @Test func unknownType() {
        #expect(throws: SafetensorsError.unknownType(file: "m", tensor: "w", type: "F31")) {
            try read(file(entry(#""dtype":"F31","shape":[1],"data_offsets":[0,4]"#), dataCount: 4))
        }
    }

    @Test func dataThatEndsBeforeItBegins() {
        #expect(throws: SafetensorsError.offsetsReversed(file: "m", tensor: "w", begin: 4, end: 0)) {
            try read(file(entry(#""dtype":"F32","shape":[1],"data_offsets":[4,0]"#), dataCount: 4))
        }
    }

    @Test func aHoleBeforeTheData() {
        #expect(throws: SafetensorsError.offsetsNotContiguous(file: "m", tensor: "w", begin: 4, wanted: 0)) {
            try read(file(entry(#""dtype":"F32","shape":[1],"data_offsets":[4,8]"#), dataCount: 8))
        }
    }

    @Test func dataThatOverlaps() {
        let header =
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#
        #expect(throws: SafetensorsError.offsetsNotContiguous(file: "m", tensor: "b", begin: 2, wanted: 4)) {
            try read(file(header, dataCount: 6))
        }
    }

    @Test(arguments: [[4_294_967_296, 4_294_967_296], [Int.max], [2, Int.max], [0x4000_0000_0000_0000]])
    func shapeThatOverflows(shape: [Int]) {
        #expect(throws: SafetensorsError.sizeOverflow(file: "m", tensor: "w", shape: shape)) {
            try read(file(entry(#""dtype":"F32","shape":\#(shape),"data_offsets":[0,4]"#), dataCount: 4))
        }
    }

    @Test func sizeThatDoesNotFitTheShape() {
        #expect(throws: SafetensorsError.sizeMismatch(file: "m", tensor: "w", byteCount: 4, wanted: 8)) {
            try read(file(entry(#""dtype":"F32","shape":[2],"data_offsets":[0,4]"#), dataCount: 4))
        }
    }

    @Test func dataPastTheEndOfTheFile() {
        #expect(throws: SafetensorsError.dataNotCovered(file: "m", end: 8, available: 4)) {
            try read(file(entry(#""dtype":"F32","shape":[2],"data_offsets":[0,8]"#), dataCount: 4))
        }
    }

    @Test func bytesAfterTheLastTensor() {
        #expect(throws: SafetensorsError.dataNotCovered(file: "m", end: 4, available: 5)) {
            try read(file(entry(#""dtype":"F32","shape":[1],"data_offsets":[0,4]"#), dataCount: 5))
        }
    }

    @Test func everyErrorSaysWhichFile() {
        let errors: [SafetensorsError] = [
            .tooShort(file: "m", byteCount: 1), .headerTooLong(file: "m", byteCount: 1), .malformedMetadata(file: "m"),
            .sizeOverflow(file: "m", tensor: "w", shape: [1]), .dataNotCovered(file: "m", end: 1, available: 2),
            .missingShards(folder: "m", files: ["1", "2", "3", "4", "5", "6", "7"]),
        ]
        for error in errors { #expect(error.description.contains("'m'") && !error.description.hasSuffix(".")) }
        #expect(errors.last?.description == "'m': missing '1', '2', '3', '4', '5' and 2 more")
    }
}

@Suite struct SafetensorsRoundTripTests {
    /// Random files read back as they were written: types, shapes (empty extents and none at all among them), bytes, metadata.
    @Test func whatIsWrittenIsRead() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let tensors = try (0..<Int.random(in: 0...12, using: &random)).map { index in
                let type = try #require(SafetensorsType.allCases.randomElement(using: &random))
                let shape = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0...5, using: &random) }
                let bytes = (0..<shape.reduce(type.byteCount, *)).map { _ in UInt8.random(in: 0...255, using: &random) }
                return try #require(
                    SafetensorsTensor(name: "t\(index).\"é\"", type: type, shape: shape, bytes: ByteRegion(bytes)))
            }
            let encoded = SafetensorsFile.encoding(tensors, metadata: [("a\u{1}", "\\\"")])
            let decoded = try read(ByteRegion(encoded))
            #expect(decoded.metadata == ["a\u{1}": "\\\""])
            #expect(decoded.tensors.count == tensors.count)
            let byName = Dictionary(uniqueKeysWithValues: decoded.tensors.map { ($0.name, $0) })
            for tensor in tensors {
                let found = try #require(byName[tensor.name])
                #expect(found.type == tensor.type && found.shape == tensor.shape && found.bytes.bytes() == tensor.bytes.bytes())
            }
        }
    }

    @Test func cuttingAFileAnywhereIsAnError() throws {
        let tensor = try #require(
            SafetensorsTensor(name: "w", type: .float16, shape: [2, 3], bytes: ByteRegion([UInt8](repeating: 7, count: 12))))
        let whole = SafetensorsFile.encoding([tensor])
        for count in 0..<whole.count {
            #expect(throws: SafetensorsError.self) { try read(ByteRegion(Array(whole.prefix(count)))) }
        }
        #expect(try read(ByteRegion(whole)).tensors.count == 1)
    }

    /// No byte of a header can be changed so that the reader traps or hands out bytes that are not there.
    @Test func everyDamagedByteIsReadOrRefused() throws {
        let tensor = try #require(
            SafetensorsTensor(name: "w", type: .float32, shape: [1, 3], bytes: ByteRegion([UInt8](repeating: 7, count: 12))))
        let whole = SafetensorsFile.encoding([tensor], metadata: [("format", "pt")])
        for index in 0..<whole.count - 12 {
            for replacement: UInt8 in [0, 0x20, 0x22, 0x30, 0x39, 0x5D, 0x7B, 0x80, 0xFF] {
                var damaged = whole
                damaged[index] = replacement
                guard let file = try? read(ByteRegion(damaged)) else { continue }
                #expect(file.tensors.allSatisfy { $0.bytes.count == 12 })
            }
        }
    }

    @Test(
        .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"),
        arguments: [
            ("tensor-1d-int32", SafetensorsType.int32), ("tensor-2d-float64", .float64), ("tensor-3d-float32", .float32),
            ("tensor-4d-float32", .float32),
        ])
    func filesOfOtherWriters(name: String, type: SafetensorsType) throws {
        let file = try SafetensorsFile(path: SharedData.url("models/safetensors-fixtures/\(name).safetensors").path)
        #expect(file.tensors.count == 1 && file.tensors.first?.type == type)
    }
}
