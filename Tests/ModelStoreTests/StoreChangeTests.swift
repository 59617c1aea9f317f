import Bytes
import Foundation
import ModelManifest
import ModelStore
import TestSupport
import Testing

@Suite struct StoreChangeTests {
    @Test func `replacing a model removes just what nobody needs any more`() throws {
        let fixture = try StoreFixture()
        try fixture.make("a", layers: ["shared", "only a"])
        try fixture.make("b", layers: ["shared"])
        try fixture.make("a", layers: ["new"])
        #expect(
            try fixture.blobNames()
                == Set(["shared", "new", "config of a", "config of b"].map(StoreFixture.blobName)))
    }

    @Test func `removing a model removes just what nobody needs any more`() throws {
        let fixture = try StoreFixture()
        try fixture.make("me/a", layers: ["shared", "only a"])
        try fixture.make("b", layers: ["shared"])
        #expect(try fixture.store.remove(try ModelName("ME/A")).shortest == "me/a:latest")
        #expect(try fixture.blobNames() == Set(["shared", "config of b"].map(StoreFixture.blobName)))
        #expect(!FileManager.default.fileExists(atPath: fixture.root + "/manifests/registry.ollama.ai/me"))
    }

    @Test func `with OLLAMA_NOPRUNE nothing is removed but the manifest`() throws {
        let fixture = try StoreFixture(removesOrphans: false)
        try fixture.make("a", layers: ["one"])
        try fixture.make("a", layers: ["two"])
        try fixture.store.remove(try ModelName("a"))
        #expect(try fixture.blobNames() == Set(["one", "two", "config of a"].map(StoreFixture.blobName)))
        #expect(try fixture.store.list().models.isEmpty)
    }

    @Test func `a corrupt model can be removed and takes nobody's blobs along`() throws {
        let fixture = try StoreFixture()
        try fixture.make("good", layers: ["shared"])
        let digest = Digest(of: Array("shared".utf8))
        try fixture.write("{ \(digest) ", to: "manifests/registry.ollama.ai/library/bad/latest")
        try fixture.store.remove(try ModelName("bad"))
        #expect(try fixture.store.list().problems.isEmpty)
        #expect(try fixture.blobNames().contains(digest.fileName))
    }

    @Test func `what a corrupt manifest seems to name is spared`() throws {
        let fixture = try StoreFixture()
        try fixture.make("good", layers: ["shared"])
        let digest = Digest(of: Array("shared".utf8))
        try fixture.write("{\"layers\":[{\"digest\":\"\(digest)\"", to: "manifests/registry.ollama.ai/library/cut/latest")
        try fixture.store.remove(try ModelName("good"))
        #expect(try fixture.blobNames() == [digest.fileName])
    }

    @Test func `a copy has the very bytes of the original`() throws {
        let fixture = try StoreFixture()
        let original = try fixture.make("a", layers: ["x"])
        let copy = try fixture.store.copy(try ModelName("A"), to: try ModelName("you/b:v2"))
        #expect(copy.digest == original.digest)
        #expect(copy.name.shortest == "you/b:v2")
        #expect(try fixture.store.copy(try ModelName("a"), to: try ModelName("A")).name == original.name)
        #expect(throws: StoreError.modelNotFound(try ModelName("none"))) {
            try fixture.store.copy(try ModelName("none"), to: try ModelName("c"))
        }
        try fixture.store.remove(try ModelName("a"))
        try fixture.store.check(try fixture.store.model(try ModelName("you/b:v2")))
    }

    @Test func `a manifest whose blobs are not there is refused and changes nothing`() throws {
        let fixture = try StoreFixture()
        let old = try fixture.make("a", layers: ["x"])
        let session = try StoreSession(fixture.store)
        var manifest = try fixture.manifest(in: session, "a", layers: ["y"])
        let missing = Digest(of: [1])
        manifest.layers.append(Descriptor(mediaType: .model, digest: missing, size: 1))
        #expect(throws: StoreError.blobMissing(missing)) { try session.commit(manifest, as: old.name) }
        manifest.layers[1] = Descriptor(mediaType: .model, digest: Digest(of: Array("y".utf8)), size: 7)
        #expect(throws: StoreError.self) { try session.commit(manifest, as: old.name) }
        #expect(try fixture.store.model(old.name).digest == old.digest)
        try fixture.store.check(old)
    }

    @Test func `a blob of the wrong size is damaged and the next create mends it`() throws {
        let fixture = try StoreFixture()
        let model = try fixture.make("a", layers: ["whole"])
        try fixture.write("who", to: "blobs/" + StoreFixture.blobName("whole"))
        #expect(throws: StoreError.blobDamaged(Digest(of: Array("whole".utf8)), expected: 5, found: 3)) {
            try fixture.store.check(model)
        }
        try fixture.make("a", layers: ["whole"])
        try fixture.store.check(model)
    }

    @Test func `blobs read back as they were written, however they came`() throws {
        let fixture = try StoreFixture()
        let bytes = (0..<5_000_003).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        let session = try StoreSession(fixture.store)
        let writer = try session.makeBlob(expecting: bytes.count)
        try writer.write(Array(bytes[..<10]))
        try writer.write(ByteRegion(Array(bytes[10..<4_500_000])))
        try ByteRegion(Array(bytes[4_500_000..<4_600_000])).withSpan { (span) throws(StoreError) in try writer.write(span) }
        try writer.write(Array(bytes[4_600_000...]))
        let blob = try writer.finish()
        #expect(blob.digest == Digest(of: bytes))
        #expect(blob.isNew)
        #expect(blob.status == "creating new layer \(blob.digest)")
        #expect(try fixture.store.bytes(of: blob.descriptor(.model)) == bytes)
        let again = try session.put(bytes)
        #expect(again == StoredBlob(blob, isNew: false))
        let span = try session.makeBlob()
        try ByteRegion(bytes).withSpan { (all) throws(StoreError) in try span.write(all) }
        #expect(try span.finish().digest == blob.digest)
    }

    @Test func `an estimate that was too high leaves no space set aside`() throws {
        let fixture = try StoreFixture()
        let session = try StoreSession(fixture.store)
        let writer = try session.makeBlob(expecting: 1 << 20)
        try writer.write(Array("short".utf8))
        let blob = try writer.finish()
        #expect(blob.size == 5)
        #expect(try FileStatus(path: fixture.store.path(of: blob.digest)).size == 5)
    }

    @Test func `a text layer past the limit is refused`() throws {
        let fixture = try StoreFixture()
        let blob = try StoreSession(fixture.store).put([1, 2, 3]).descriptor(.template)
        #expect(throws: StoreError.layerTooLarge(blob, limit: 2)) { try fixture.store.bytes(of: blob, limit: 2) }
    }
}

extension StoredBlob {
    init(_ other: StoredBlob, isNew: Bool) { self.init(digest: other.digest, size: other.size, isNew: isNew) }
}
