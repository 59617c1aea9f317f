import Bytes
import Foundation
import ModelManifest
import ModelStore
import TestSupport
import Testing

@Suite struct StoreLayoutTests {
    @Test func `a model lies where Ollama looks for it`() throws {
        let fixture = try StoreFixture()
        let model = try fixture.make("me/chat:8b", layers: ["a"])
        #expect(
            try fixture.files()
                == [
                    "blobs/" + StoreFixture.blobName("config of me/chat:8b"), "blobs/" + StoreFixture.blobName("a"),
                    "manifests/registry.ollama.ai/me/chat/8b",
                ].sorted())
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture.root + "/manifests/registry.ollama.ai/me/chat/8b")))
        #expect(bytes == model.manifest.encoded())
        #expect(model.digest == Digest(of: bytes))
        for file in try fixture.files() {
            let status = try FileStatus(path: fixture.root + "/" + file)
            #expect(status.permissions == 0o644)
            #expect(status.linkCount == 1, "the session's holds are gone")
        }
    }

    @Test func `nothing is made before something is written`() throws {
        let fixture = try StoreFixture()
        #expect(try fixture.store.list().models.isEmpty)
        #expect(throws: StoreError.modelNotFound(try ModelName("x"))) { try fixture.store.model(try ModelName("x")) }
        #expect(throws: StoreError.modelNotFound(try ModelName("x"))) { try fixture.store.remove(try ModelName("x")) }
        #expect(try fixture.store.prune().removed.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: fixture.root))
    }

    @Test func `the newest model comes first and a tie goes by name`() throws {
        let fixture = try StoreFixture()
        for (name, seconds) in [("old", 100), ("new", 300), ("b", 200), ("a", 200)] {
            let model = try fixture.make(name, layers: [name])
            try FileSystem.setModified(fixture.store.path(of: model.name), to: FileTime(seconds: seconds))
        }
        #expect(try fixture.store.list().models.map(\.name.model) == ["new", "a", "b", "old"])
    }

    @Test func `the size is that of all blobs`() throws {
        let fixture = try StoreFixture()
        #expect(try fixture.make("x", layers: ["12345", "12345"]).size == 10 + "config of x".utf8.count)
    }

    @Test(arguments: ["with blanks", "ünï/中文", "deep/er/still", "quo'te\"s"])
    func `the store's path may be anything`(_ name: String) throws {
        let fixture = try StoreFixture(name: name)
        try fixture.make("x", layers: ["a"])
        #expect(try fixture.store.list().models.map(\.name.shortest) == ["x:latest"])
    }

    @Test func `the environment says where the store is`() throws {
        func store(_ environment: [String: String]) throws -> ModelStore { try ModelStore(environment: environment) }
        #expect(try store(["HOME": "/h"]).root == "/h/.ollama/models")
        #expect(try store(["HOME": "/h", "OLLAMA_MODELS": "  '/my models'/ "]).root == "/my models'")
        #expect(try store(["OLLAMA_MODELS": " \"/my models\" "]).root == "/my models")
        #expect(try store(["OLLAMA_MODELS": "here/there"]).root == FileManager.default.currentDirectoryPath + "/here/there")
        #expect(try store(["OLLAMA_MODELS": "/x", "OLLAMA_NOPRUNE": "yes"]).removesOrphans == false)
        #expect(try store(["OLLAMA_MODELS": "/x", "OLLAMA_NOPRUNE": "0"]).removesOrphans)
        #expect(throws: StoreError.noHome) { try store([:]) }
    }

    @Test func `a name is found in any case and keeps the spelling it has`() throws {
        let fixture = try StoreFixture()
        try fixture.make("Me/LLaMA:8B", layers: ["a"])
        #expect(try fixture.store.model(try ModelName("me/llama:8b")).name.shortest == "Me/LLaMA:8B")
        // A new tag lands in the same folder, a new model in the same namespace.
        #expect(try fixture.store.resolve(try ModelName("ME/llama:70b")).shortest == "Me/LLaMA:70b")
        #expect(try fixture.store.resolve(try ModelName("ME/other")).shortest == "Me/other:latest")
        #expect(try fixture.make("ME/llama:8b", layers: ["b"]).name.shortest == "Me/LLaMA:8B")
        #expect(try fixture.store.list().models.count == 1)
    }

    @Test func `two spellings that are both there are both found`() throws {
        let fixture = try StoreFixture()
        try fixture.make("x", layers: ["lower"])
        let manifest = try fixture.store.manifestBytes(of: try ModelName("x"))
        try fixture.write(String(decoding: manifest, as: UTF8.self), to: "manifests/registry.ollama.ai/library/X/latest")
        #expect(try fixture.store.model(try ModelName("x")).name.model == "x")
        #expect(try fixture.store.model(try ModelName("X")).name.model == "X")
    }

    @Test func `manifests that cannot be read are problems, not errors`() throws {
        let fixture = try StoreFixture()
        try fixture.make("good", layers: ["a"])
        let top = "manifests/registry.ollama.ai/library/"
        try fixture.write("{", to: top + "bad/latest")
        try fixture.write("", to: top + "empty/latest")
        try fixture.write("{}", to: top + "fine/.hidden")
        try fixture.write("{}", to: "manifests/registry.ollama.ai/name.space/x/latest")
        try fixture.write("{}", to: "manifests/shallow")
        try fixture.write("{}", to: top + "deep/er/latest")
        try #require(mkfifo(fixture.root + "/" + top + "bad/pipe", 0o644) == 0)
        try FileManager.default.createSymbolicLink(atPath: fixture.root + "/" + top + "bad/loop", withDestinationPath: "loop")
        try FileManager.default.createSymbolicLink(atPath: fixture.root + "/" + top + "up", withDestinationPath: "..")
        let listing = try fixture.store.list()
        #expect(listing.models.map(\.name.model) == ["good"])
        #expect(listing.problems.count == 6)
        #expect(throws: StoreError.self) { try fixture.store.model(try ModelName("bad")) }
    }

    @Test func `a huge manifest is refused unread`() throws {
        let fixture = try StoreFixture()
        try fixture.write("", to: "manifests/h/n/m/t")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: fixture.root + "/manifests/h/n/m/t"))
        try file.truncate(atOffset: 5 << 30)
        #expect(try fixture.store.list().problems.count == 1)
    }
}
