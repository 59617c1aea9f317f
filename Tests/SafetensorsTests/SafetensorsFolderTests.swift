import Bytes
import Foundation
import Safetensors
import TestSupport
import Testing

/// A folder under test, and ways to fill it.
private struct Checkpoint {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func write(_ file: String, _ names: [String]) throws {
        let tensors = names.compactMap {
            SafetensorsTensor(name: $0, type: .uint8, shape: [1], bytes: ByteRegion([7]))
        }
        try folder.write(SafetensorsFile.encoding(tensors), to: file)
    }

    func index(_ text: String) throws { try folder.write(Array(text.utf8), to: SafetensorsFolder.indexName) }

    func read() throws(SafetensorsError) -> SafetensorsFolder { try SafetensorsFolder(path: folder.path) }
}

@Suite struct SafetensorsFolderTests {
    @Test func oneFile() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("model.safetensors", ["a"])
        try checkpoint.write("copy.safetensors", ["a"])
        #expect(try checkpoint.read().tensors.map(\.name) == ["a"])
    }

    @Test func shardsOfAnIndex() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("x.safetensors", ["b", "c"])
        try checkpoint.write("y.safetensors", ["a"])
        try checkpoint.write("consolidated.safetensors", ["other"])
        try checkpoint.index(#"{"weight_map":{"a":"y.safetensors","b":"x.safetensors","c":"x.safetensors"}}"#)
        let read = try checkpoint.read()
        #expect(read.tensors.map(\.name) == ["b", "c", "a"])
        #expect(read.fileNames == ["x.safetensors", "y.safetensors"])
    }

    @Test func shardsWithoutAnIndex() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("model-00001-of-00002.safetensors", ["a"])
        try checkpoint.write("model-00002-of-00002.safetensors", ["b"])
        #expect(try checkpoint.read().tensors.map(\.name) == ["a", "b"])
    }

    @Test func noFileAtAll() throws {
        let checkpoint = try Checkpoint()
        #expect(throws: SafetensorsError.noFiles(folder: checkpoint.folder.path)) { try checkpoint.read() }
    }

    @Test func aFolderThatIsNotThere() {
        #expect(throws: SafetensorsError.unreadable(.system(operation: "list", path: "/nowhere/at/all", code: 2))) {
            try SafetensorsFolder(path: "/nowhere/at/all")
        }
    }

    @Test func aShardThatTheIndexNamesIsMissing() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("x.safetensors", ["a"])
        try checkpoint.index(#"{"weight_map":{"a":"x.safetensors","b":"y.safetensors"}}"#)
        #expect(throws: SafetensorsError.missingShards(folder: checkpoint.folder.path, files: ["y.safetensors"])) {
            try checkpoint.read()
        }
    }

    @Test func aNumberedShardIsMissing() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("model-00001-of-00003.safetensors", ["a"])
        try checkpoint.write("model-00003-of-00003.safetensors", ["c"])
        #expect(
            throws: SafetensorsError.missingShards(
                folder: checkpoint.folder.path, files: ["model-00002-of-00003.safetensors"])
        ) { try checkpoint.read() }
    }

    @Test(arguments: ["{", "[]", "{}", #"{"weight_map":{}}"#, #"{"weight_map":[]}"#, #"{"weight_map":{"a":1}}"#])
    func anIndexThatMakesNoSense(text: String) throws {
        let checkpoint = try Checkpoint()
        try checkpoint.index(text)
        #expect { try checkpoint.read() } throws: { error in
            if case SafetensorsError.malformedIndex = error { true } else { false }
        }
    }

    @Test(arguments: ["../model.safetensors", "/etc/passwd", "", ".", "..", "sub/model.safetensors", "a\\u0000b"])
    func aShardOutsideTheFolder(name: String) throws {
        let checkpoint = try Checkpoint()
        try checkpoint.index(#"{"weight_map":{"a":"\#(name)"}}"#)
        #expect { try checkpoint.read() } throws: { error in
            if case SafetensorsError.shardNotPlainName = error { true } else { false }
        }
    }

    @Test func aTensorThatIsNotWhereTheIndexSays() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("x.safetensors", ["a"])
        try checkpoint.index(#"{"weight_map":{"a":"x.safetensors","b":"x.safetensors"}}"#)
        #expect(
            throws: SafetensorsError.tensorsNotInShard(
                shard: checkpoint.folder.file("x.safetensors").path, tensors: ["b"])
        ) { try checkpoint.read() }
    }

    @Test func aTensorThatTheIndexDoesNotList() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("x.safetensors", ["a", "b"])
        try checkpoint.index(#"{"weight_map":{"a":"x.safetensors"}}"#)
        #expect(
            throws: SafetensorsError.tensorsNotInIndex(
                shard: checkpoint.folder.file("x.safetensors").path, tensors: ["b"])
        ) { try checkpoint.read() }
    }

    @Test func oneTensorInTwoFiles() throws {
        let checkpoint = try Checkpoint()
        try checkpoint.write("x.safetensors", ["a"])
        try checkpoint.write("y.safetensors", ["a"])
        #expect(
            throws: SafetensorsError.tensorInTwoFiles(tensor: "a", first: "x.safetensors", second: "y.safetensors")
        ) { try checkpoint.read() }
    }

    /// The Hugging Face cache keeps links to files elsewhere.
    @Test func aLinkOutOfTheFolderIsFollowed() throws {
        let checkpoint = try Checkpoint()
        let elsewhere = try Checkpoint()
        try elsewhere.write("blob", ["a"])
        try FileManager.default.createSymbolicLink(
            at: checkpoint.folder.file("model.safetensors"), withDestinationURL: elsewhere.folder.file("blob"))
        #expect(try checkpoint.read().tensors.map(\.name) == ["a"])
    }
}
