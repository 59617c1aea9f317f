import Bytes
import Foundation
import GGUF
import Tensors
import TestSupport
import Testing

@Suite struct GGUFAssemblyTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("model.gguf").path
        try TinyModelFile.llama().write(to: folder.file("model.gguf"))
    }

    private func contents(_ file: GGUFFile) -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, file.bytes(of: $0).bytes()) })
    }

    @Test("a new header keeps every tensor's bytes, whether the file gets a new name or replaces itself")
    func newHeader() throws {
        let file = try GGUFFile(path: path)
        let before = contents(file)
        for target in [folder.file("new.gguf").path, path] {
            var metadata = file.metadata
            metadata["general.name"] = .string(String(repeating: "long ", count: 100))
            try GGUFAssembly(file, metadata: metadata).write(to: target)
            let written = try GGUFFile(path: target)
            #expect(written.metadata == metadata && contents(written) == before)
        }
    }

    @Test(
        "where files can share blocks, the header is filled up so that data keeps its place in a block", arguments: [1, 100, 5000])
    func sharedBlocks(length: Int) throws {
        let file = try GGUFFile(path: path)
        func place(_ file: GGUFFile) throws -> Int {
            try #require(file.tensors.first.map { file.bytes(of: $0).offsetInStorage }) % 4096
        }
        var (source, target) = (file, folder.file("new.gguf").path)
        for round in 0..<3 {
            var metadata = source.metadata
            metadata["general.name"] = .string(String(repeating: "x", count: length * (round + 1)))
            try GGUFAssembly.sharingBlocks(of: source, metadata: metadata).write(to: target)
            let written = try GGUFFile(path: target)
            #expect(try place(written) == place(file) && contents(written) == contents(file))
            var rest = written.metadata
            rest[GGUFAssembly.fillerKey] = nil
            metadata[GGUFAssembly.fillerKey] = nil
            #expect(rest == metadata)
            (source, target) = (written, folder.file("next\(round).gguf").path)
        }
    }

    @Test(
        "shards have llama.cpp's names and keys, and merge to the same tensors in the same order",
        arguments: [(GGUFShards.Limit.tensors(3), false), (.bytes(20_000), false), (.tensors(5), true), (.bytes(1), true)])
    func shards(limit: GGUFShards.Limit, metadataFirst: Bool) throws {
        let file = try GGUFFile(path: path)
        let shards = try GGUFShards(splitting: file, at: limit, metadataFirst: metadataFirst).assemblies
        for (number, shard) in shards.enumerated() {
            let name = GGUFFile.shardPath(folder.file("part").path, number, of: shards.count)
            try shard.write(to: name)
            let single = try GGUFFile(try ByteRegion.mapping(name), name: name)
            #expect(single.metadata.int("split.no") == number && single.metadata.int("split.count") == shards.count)
            #expect(single.metadata.int("split.tensors.count") == file.tensors.count)
            #expect((single.metadata.architecture != nil) == (number == 0))
            #expect(single.tensors.isEmpty == (metadataFirst && number == 0))
        }
        let first = GGUFFile.shardPath(folder.file("part").path, 0, of: shards.count)
        #expect(first.hasSuffix("/part-00001-of-\(String(100_000 + shards.count).dropFirst()).gguf"))
        let joined = try GGUFFile(path: first)
        #expect(joined.shardCount == shards.count && joined.tensors == file.tensors && contents(joined) == contents(file))
        let merged = folder.file("merged.gguf").path
        try GGUFShards.merging(first).write(to: merged)
        let whole = try GGUFFile(path: merged)
        #expect(!whole.isSplit && whole.tensors == file.tensors && contents(whole) == contents(file))
        #expect(whole.metadata.int("split.count") == 0)
        for function in GGUFDigest.Function.allCases {
            #expect(try GGUFDigest(of: whole, function).whole == GGUFDigest(of: joined, function).whole)
        }
    }

    @Test("what is no shard cannot be merged")
    func noShard() { #expect(throws: GGUFError.self) { try GGUFShards.merging(path) } }

    // Digests of the algorithms' own test texts.
    @Test(
        "digests are those of their algorithms",
        arguments: [
            ("", "ef46db3751d8e999", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "44bc2cf5ad770999", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("Nobody inspects the spammish repetition", "fbcea83c8a378bf1", nil),
        ])
    func knownDigests(text: String, xxh64: String, sha1: String?) throws {
        let bytes = Array(text.utf8)
        let layout = try GGUFLayout(
            metadata: GGUFMetadata(), tensors: [("t", .i8, try #require(TensorShape([bytes.count])))])
        let file = try GGUFFile(ByteRegion(layout.header + bytes), name: "t")
        let digest = try GGUFDigest(of: file, .xxh64)
        #expect(digest.whole == xxh64 && digest.tensors.map(\.digest) == [xxh64])
        if let sha1 { #expect(try GGUFDigest(of: file, .sha1).whole == sha1) }
    }
}
