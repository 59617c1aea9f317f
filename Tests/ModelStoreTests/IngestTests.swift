import Bytes
import Foundation
import ModelManifest
import ModelStore
import TestSupport
import Testing

@Suite struct IngestTests {
    static let content = (0..<3_500_000).map { UInt8(truncatingIfNeeded: ($0 &* 40_503) >> 7) }

    @Test func `a file becomes a blob and is left as it was`() throws {
        let fixture = try StoreFixture()
        let source = try fixture.folder.write(Self.content, to: "model.gguf")
        var seen: [Int] = []
        let session = try StoreSession(fixture.store)
        let blob = try session.ingest(source.path) { done, total in
            #expect(total == Self.content.count)
            seen.append(done)
        }
        #expect(blob.digest == Digest(of: Self.content))
        #expect(seen == seen.sorted() && seen.last == Self.content.count && seen.count >= 3)
        #expect(try fixture.store.bytes(of: blob.descriptor(.model)) == Self.content)
        #expect(try FileStatus(path: source.path).inode != FileStatus(path: fixture.store.path(of: blob.digest)).inode)
        #expect(try session.ingest(source.path).isNew == false)
    }

    @Test func `an empty file is a blob too`() throws {
        let fixture = try StoreFixture()
        let source = try fixture.folder.write([], to: "empty")
        #expect(try StoreSession(fixture.store).ingest(source.path).digest == Digest(of: []))
    }

    @Test func `a blob of the store itself is taken as it is, once its bytes are checked`() throws {
        let fixture = try StoreFixture()
        let session = try StoreSession(fixture.store)
        let blob = try session.put(Self.content)
        #expect(try session.ingest(fixture.store.path(of: blob.digest)) == StoredBlob(blob, isNew: false))
        try fixture.write("other bytes", to: "blobs/" + blob.digest.fileName)
        #expect(throws: StoreError.digestMismatch(expected: blob.digest, found: Digest(of: Array("other bytes".utf8)))) {
            try session.ingest(fixture.store.path(of: blob.digest))
        }
    }

    @Test func `folders, pipes and missing files are clear errors`() throws {
        let fixture = try StoreFixture()
        let session = try StoreSession(fixture.store)
        let pipe = fixture.folder.path + "/pipe"
        try #require(mkfifo(pipe, 0o644) == 0)
        for path in [fixture.folder.path, pipe, "/dev/zero"] {
            #expect(throws: StoreError.notRegularFile(path: path)) { try session.ingest(path) }
        }
        let error = try #require(throws: StoreError.self) { try session.ingest("/none/such") }
        #expect(error.description == "cannot open '/none/such': no such file or directory")
    }

    @Test func `a link shares the file and notices when it is written to`() throws {
        let fixture = try StoreFixture()
        let source = try fixture.folder.write(Self.content, to: "model.gguf")
        let before = try FileStatus(path: source.path)
        let session = try StoreSession(fixture.store)
        let blob = try session.ingest(source.path, mode: .link)
        let model = try session.commit(Manifest(config: nil, layers: [blob.descriptor(.model)]), as: try ModelName("linked"))
        #expect(try FileStatus(path: fixture.store.path(of: blob.digest)).inode == before.inode)
        #expect(try FileStatus(path: source.path).modified == before.modified)
        try fixture.store.check(model)
        // Ollama sets a blob's time when it uses it; that alone is no change.
        try FileSystem.touch(fixture.store.path(of: blob.digest))
        try fixture.store.check(model)
        let handle = try FileHandle(forWritingTo: source)
        try handle.write(contentsOf: Data([9, 9, 9]))
        try handle.close()
        let changed = StoreError.linkedFileChanged(blob.digest, source: source.path)
        #expect(throws: changed) { try fixture.store.check(model) }
        #expect(throws: changed) { try StoreSession(fixture.store).adopt(model.manifest.layers[0]) }
        // Creating it again from good bytes puts the store's own copy in the link's place.
        try fixture.folder.write(Self.content, to: "again.gguf")
        #expect(try StoreSession(fixture.store).ingest(fixture.folder.path + "/again.gguf").digest == blob.digest)
        try fixture.store.check(model)
        try fixture.store.remove(model.name)
        #expect(FileManager.default.fileExists(atPath: source.path))
        #expect(try StoreFixture.files(under: fixture.root + "/.quern/links").isEmpty)
    }

    @Test func `a link across file systems is a clear error`() throws {
        let fixture = try StoreFixture()
        let elsewhere = "/dev/shm/quern-test-\(UUID().uuidString)"
        guard (try? Data([1]).write(to: URL(fileURLWithPath: elsewhere))) != nil,
            try FileStatus(path: elsewhere).device != FileStatus(path: fixture.folder.path).device
        else { return }
        defer { try? FileManager.default.removeItem(atPath: elsewhere) }
        let error = try #require(throws: StoreError.self) { try StoreSession(fixture.store).ingest(elsewhere, mode: .link) }
        #expect(
            error.description
                == "cannot link '\(elsewhere)' into the store: it lies on another file system; leave out --link to copy it")
        #expect(try StoreSession(fixture.store).ingest(elsewhere).digest == Digest(of: [1]))
    }

    @Test func `a store whose blobs lie on another file system works`() throws {
        let fixture = try StoreFixture()
        let elsewhere = "/dev/shm/quern-test-\(UUID().uuidString)"
        guard (try? FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)) != nil else {
            return
        }
        defer { try? FileManager.default.removeItem(atPath: elsewhere) }
        try fixture.write("", to: "manifests/.keep")
        try FileManager.default.createSymbolicLink(atPath: fixture.root + "/blobs", withDestinationPath: elsewhere)
        let model = try fixture.make("a", layers: ["x"])
        try fixture.store.check(model)
        do {
            let writer = try StoreSession(fixture.store).makeBlob()
            try writer.write([UInt8](repeating: 1, count: 2_000_000))
            #expect(try StoreFixture.files(under: elsewhere).count == 3)
        }
        #expect(try StoreFixture.files(under: elsewhere).count == 2)
        try fixture.store.remove(model.name)
        #expect(try StoreFixture.files(under: elsewhere).isEmpty)
    }
}

@Suite(.enabled(if: SmallDisk.isAllowed, "\(SmallDisk.absenceReason)"))
struct SmallDiskTests {
    @Test func `a file too large for the disk is refused before a byte is written`() throws {
        let disk = try #require(SmallDisk(megabytes: 2))
        let fixture = try StoreFixture()
        let source = try fixture.folder.write(IngestTests.content, to: "model.gguf")
        let session = try StoreSession(try ModelStore(root: disk.path + "/models"))
        let error = try #require(throws: StoreError.self) { try session.ingest(source.path) }
        guard case .noSpace(_, IngestTests.content.count, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("3.5 MB needed, "))
    }

    @Test func `a disk that fills up midway is one clear error and the space is free again`() throws {
        let disk = try #require(SmallDisk(megabytes: 2))
        let store = try ModelStore(root: disk.path + "/models")
        let free = try FileSystem.freeByteCount(at: disk.path)
        do {
            let session = try StoreSession(store)
            let writer = try session.makeBlob()
            let error = try #require(throws: StoreError.self) { try writer.write(ByteRegion(IngestTests.content)) }
            #expect(error.description.hasPrefix("no space left in the store '\(disk.path)/models': "))
        }
        #expect(try FileSystem.freeByteCount(at: disk.path) > free - 100_000)
        #expect(try StoreSession(store).put([1, 2, 3]).size == 3)
    }

    @Test func `a read-only store can be read and says so when it is written to`() throws {
        let disk = try #require(SmallDisk(megabytes: 2))
        let store = try ModelStore(root: disk.path + "/models")
        let name = try ModelName("x")
        do {
            let session = try StoreSession(store)
            let blob = try session.put([1, 2, 3])
            try session.commit(Manifest(config: nil, layers: [blob.descriptor(.model)]), as: name)
        }
        try #require(disk.makeReadOnly())
        #expect(try store.list().models.count == 1)
        try store.check(try store.model(name))
        for change in [
            { _ = try StoreSession(store) }, { try store.remove(name) }, { try store.copy(name, to: try ModelName("y")) },
            { try store.prune() },
        ] as [() throws -> Void] {
            let error = try #require(throws: StoreError.self) { try change() }
            #expect(error.description.hasPrefix("cannot write to the store '\(disk.path)/models': "))
            #expect(error.description.hasSuffix("read-only file system"))
        }
    }
}
