import Bytes
import Foundation
import ModelManifest
import ModelStore
import TestSupport
import Testing

@Suite struct PruneTests {
    static let unneeded = "sha256-" + String(repeating: "0", count: 64)

    @Test func `Ollama's own rules list everything and lose nothing`() throws {
        let fixture = try StoreFixture()
        try fixture.make("a", layers: ["shared", "only a"])
        try fixture.make("hf.co/me/b:Q4_K_M", layers: ["shared"])
        try fixture.store.copy(try ModelName("a"), to: try ModelName("c"))
        try fixture.write("{}", to: ".quern/cache")
        let before = try fixture.files()
        try fixture.age(hours: 2)
        let rules = OllamaRules(root: fixture.root)
        try rules.prune()
        #expect(try fixture.files() == before)
        #expect(FileManager.default.fileExists(atPath: fixture.root + "/.quern/cache"))
        let sizes = Dictionary(
            uniqueKeysWithValues: try fixture.store.list().models.map { ($0.name.pathComponents.joined(separator: "/"), $0.size) })
        #expect(try rules.list() == sizes)
        #expect(try rules.broken().isEmpty)
    }

    @Test func `blobs that nothing needs go once they are an hour old`() throws {
        let fixture = try StoreFixture()
        try fixture.make("a", layers: ["x"])
        try fixture.write("junk", to: "blobs/" + Self.unneeded)
        #expect(try fixture.store.prune().removed.isEmpty)
        try fixture.age(hours: 2)
        let report = try fixture.store.prune()
        #expect(report.removed == [try Digest(Self.unneeded)])
        #expect(report.freed == 4)
        #expect(try fixture.store.prune().removed.isEmpty)
        #expect(try fixture.blobNames() == Set(["x", "config of a"].map(StoreFixture.blobName)))
    }

    @Test func `partial downloads and strangers stay, left-over temporary files go`() throws {
        let fixture = try StoreFixture()
        let staying = [Self.unneeded + "-partial", Self.unneeded + "-partial-0", "notes.txt", "sha256-12x", "sha256-"]
        for name in staying + ["sha256-123456789"] { try fixture.write("junk", to: "blobs/" + name) }
        try fixture.age(hours: 2)
        try fixture.store.prune()
        #expect(try fixture.blobNames() == Set(staying))
    }

    @Test func `one corrupt manifest and nothing is pruned`() throws {
        let fixture = try StoreFixture()
        try fixture.write("junk", to: "blobs/" + Self.unneeded)
        try fixture.write("{", to: "manifests/h/n/m/t")
        try fixture.age(hours: 2)
        let report = try fixture.store.prune()
        #expect(report.removed.isEmpty)
        #expect(report.problems.count == 1)
        #expect(try fixture.blobNames() == [Self.unneeded])
    }

    @Test func `a blob that is used again is young again`() throws {
        let fixture = try StoreFixture()
        let model = try fixture.make("a", layers: ["x"])
        try fixture.age(hours: 5)
        let session = try StoreSession(fixture.store)
        _ = try session.adopt(model.manifest.layers[0])
        _ = try session.put(Array("config of a".utf8))
        for name in try fixture.blobNames() {
            let modified = try FileStatus(path: fixture.root + "/blobs/" + name).modified
            #expect(FileTime.now().seconds - modified.seconds < 60)
        }
    }
}

@Suite struct SessionTests {
    @Test func `a session that ends early leaves no temporary file and no name`() throws {
        let fixture = try StoreFixture()
        do {
            let session = try StoreSession(fixture.store)
            let writer = try session.makeBlob(expecting: 3_000_000)
            try writer.write([UInt8](repeating: 7, count: 2_000_000))
            #expect(try StoreFixture.files(under: fixture.root).contains { $0.contains("staging") })
        }
        #expect(try StoreFixture.files(under: fixture.root) == [".quern/lock"])
    }

    @Test func `a session that never commits takes the blobs that it added along, and only those`() throws {
        let fixture = try StoreFixture()
        try fixture.make("a", layers: ["old"])
        let before = try fixture.files()
        do {
            let session = try StoreSession(fixture.store)
            for text in ["old", "new", "used meanwhile", "named meanwhile"] { _ = try session.put(Array(text.utf8)) }
            let marked = fixture.root + "/blobs/" + StoreFixture.blobName("used meanwhile")
            try FileSystem.setModified(marked, to: FileTime(seconds: FileTime.now().seconds + 1))
            try fixture.make("b", layers: ["named meanwhile"])
        }
        try fixture.store.remove(try ModelName("b"))
        #expect(try fixture.files() == (before + ["blobs/" + StoreFixture.blobName("used meanwhile")]).sorted())
    }

    @Test func `what a killed create had added goes with the next one`() throws {
        let fixture = try StoreFixture()
        let digest = Digest(of: Array("weights".utf8))
        try fixture.write("weights", to: "blobs/" + digest.fileName)
        try fixture.write("", to: ".quern/sessions/dead/orphan-" + digest.fileName)
        try fixture.write("weights", to: ".quern/sessions/dead/" + digest.fileName)
        try fixture.make("a", layers: ["x"])
        #expect(try fixture.blobNames() == Set(["x", "config of a"].map(StoreFixture.blobName)))
    }

    @Test func `cancelling stops at the next chunk`() throws {
        let fixture = try StoreFixture()
        let source = try fixture.folder.write([UInt8](repeating: 1, count: 4_000_000), to: "source")
        let session = try StoreSession(fixture.store, isCancelled: { true })
        let writer = try session.makeBlob()
        #expect(throws: StoreError.cancelled) { try writer.write([UInt8](repeating: 7, count: 2_000_000)) }
        #expect(throws: StoreError.cancelled) { try session.ingest(source.path) }
        #expect(throws: StoreError.cancelled) { try session.commit(Manifest(config: nil, layers: []), as: try ModelName("x")) }
        #expect(try fixture.files().isEmpty)
    }

    @Test func `a model removed by Ollama in the middle of a create comes back whole`() throws {
        let fixture = try StoreFixture()
        let base = try fixture.make("base", layers: ["weights"])
        let session = try StoreSession(fixture.store)
        let weights = try session.adopt(base.manifest.layers[0]).descriptor(.model, from: "base:latest")
        let config = try session.put(Array("config".utf8)).descriptor(.config)
        try fixture.age(hours: 2)
        let rules = OllamaRules(root: fixture.root)
        try rules.remove("registry.ollama.ai/library/base/latest")
        try rules.prune()
        #expect(try fixture.blobNames().isEmpty)
        let model = try session.commit(Manifest(config: config, layers: [weights]), as: try ModelName("derived"))
        try fixture.store.check(model)
        #expect(try rules.broken().isEmpty)
    }

    @Test func `another Quern does not take away what a session holds`() throws {
        let fixture = try StoreFixture()
        let base = try fixture.make("base", layers: ["weights"])
        let session = try StoreSession(fixture.store)
        let blob = try session.adopt(base.manifest.layers[0])
        try fixture.store.remove(base.name)
        try fixture.age(hours: 2)
        try fixture.store.prune()
        #expect(try fixture.blobNames() == [blob.digest.fileName])
    }

    @Test func `what a dead process left is swept up, what a living one holds is not`() throws {
        let fixture = try StoreFixture()
        try fixture.write("half a blob", to: ".quern/sessions/dead/staging-1")
        try fixture.write("", to: ".quern/sessions/dead/lock")
        try fixture.write("", to: ".quern/sessions/stillborn/staging-1")
        try fixture.write("half a blob", to: "blobs/sha256-4711")
        try fixture.write(fixture.root + "/blobs/sha256-4711", to: ".quern/sessions/dead/elsewhere-1")
        try fixture.write("precious", to: "../outside")
        try fixture.write(fixture.root + "/../outside", to: ".quern/sessions/dead/elsewhere-2")
        let living = try StoreSession(fixture.store)
        let writer = try living.makeBlob()
        try writer.write([UInt8](repeating: 7, count: 2_000_000))
        try fixture.make("x", layers: ["a"])
        _ = try writer.finish()
        let left = try StoreFixture.files(under: fixture.root + "/.quern/sessions")
        #expect(left.allSatisfy { !$0.hasPrefix("dead") && !$0.hasPrefix("stillborn") })
        #expect(!FileManager.default.fileExists(atPath: fixture.root + "/blobs/sha256-4711"))
        #expect(FileManager.default.fileExists(atPath: fixture.folder.path + "/outside"))
    }

    @Test func `a lock held by another process keeps its session alive`() throws {
        let fixture = try StoreFixture()
        try fixture.write("half a blob", to: ".quern/sessions/other/staging-1")
        let lock = fixture.root + "/.quern/sessions/other/lock"
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        holder.arguments = ["--no-fork", lock, "/bin/sh", "-c", "echo locked; exec sleep 60"]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        #expect(output.fileHandleForReading.availableData == Data("locked\n".utf8))
        _ = try StoreSession(fixture.store)
        #expect(FileManager.default.fileExists(atPath: fixture.root + "/.quern/sessions/other/staging-1"))
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        _ = try StoreSession(fixture.store)
        #expect(!FileManager.default.fileExists(atPath: fixture.root + "/.quern/sessions/other"))
    }

    @Test func `many at once create, replace, copy and remove without breaking a model`() throws {
        let fixture = try StoreFixture()
        try fixture.make("base", layers: ["shared 0", "shared 1", "shared 2"])
        let (root, workers) = (fixture.root, 6)
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            do {
                // A store of its own, as another process would have.
                let store = try ModelStore(root: root)
                for round in 0..<8 {
                    let session = try StoreSession(store)
                    let config = try session.put(Array("config \(worker % 2)".utf8)).descriptor(.config)
                    let layers = try (0..<3).map { try session.put(Array("shared \(($0 + round) % 4)".utf8)).descriptor(.license) }
                    let name = try ModelName("model\(worker % 3)")
                    let model = try session.commit(Manifest(config: config, layers: layers), as: name)
                    if round % 3 == 1 { _ = try? store.copy(name, to: try ModelName("copy\(worker)")) }
                    if round % 3 == 2 { _ = try? store.remove(model.name) }
                    _ = try store.prune()
                    _ = try store.list()
                }
            } catch {
                failures.add("\(worker): \(error)")
            }
        }
        #expect(failures.all.isEmpty)
        #expect(try OllamaRules(root: root).broken().isEmpty)
        #expect(try fixture.store.list().problems.isEmpty)
        for model in try fixture.store.list().models { try fixture.store.check(model) }
        #expect(try StoreFixture.files(under: root + "/.quern/sessions").isEmpty)
    }
}

/// Errors from several threads.
private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []

    func add(_ text: String) { lock.withLock { texts.append(text) } }
    var all: [String] { lock.withLock { texts } }
}
