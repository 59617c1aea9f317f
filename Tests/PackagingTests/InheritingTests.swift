import Bytes
import Foundation
import GGUF
import JSONText
import ModelManifest
import ModelStore
import Packaging
import Testing

@Suite struct InheritingTests {
    static let base = PackageContents(
        template: "base template", system: "base system", licenses: ["MIT"], parameters: ["top_k": 1, "stop": ["a", "b"]],
        messages: [.init(role: "user", content: "hello")], renderer: "r", parser: "p", requires: "0.1.0")

    @Test func `with nothing new the layers are the base's, the parameters written anew at the end`() throws {
        let fixture = try WeightFixture()
        try fixture.make("me/base:1", Self.base)
        let model = try fixture.derive("x", from: "me/base:1", PackageContents())
        #expect(
            try fixture.layers(model).map(\.kind) == ["model", "template", "system", "license", "messages", "params"])
        #expect(model.manifest.layers.map(\.from) == Array(repeating: "me/base:1", count: 5) + [nil])
        #expect(try fixture.view("x").parent == "me/base:1")
        let config = try fixture.store.config(of: model)
        #expect([config.renderer, config.parser, config.requires] == ["r", "p", "0.1.0"])
        #expect((config.format, config.family, config.fileType) == ("gguf", "llama", "Q4_K_M"))
    }

    @Test func `template and system are replaced, parameters mixed, stop and messages replaced, licences added`() throws {
        let fixture = try WeightFixture()
        try fixture.make("base", Self.base)
        let model = try fixture.derive(
            "x", from: "BASE",
            PackageContents(
                template: "new template", system: "new system", licenses: ["Apache-2.0"],
                parameters: ["stop": ["c"], "seed": 7], messages: [.init(role: "user", content: "bye")], renderer: "mine"))
        #expect(
            try fixture.layers(model).map { "\($0.kind): \($0.text)" } == [
                "model: ", "license: MIT", "template: new template", "system: new system", "license: Apache-2.0",
                #"params: {"seed":7,"stop":["c"],"top_k":1}"# + "\n",
                #"messages: [{"role":"user","content":"bye"}]"# + "\n",
            ])
        let config = try fixture.store.config(of: model)
        #expect([config.renderer, config.parser, config.requires] == ["mine", "p", "0.1.0"])
    }

    @Test func `the base may be removed afterwards`() throws {
        let fixture = try WeightFixture()
        let base = try fixture.make("base", Self.base)
        let model = try fixture.derive("x", from: "base", PackageContents(system: "new"))
        try fixture.store.remove(base.name)
        try fixture.store.check(model)
        #expect(try fixture.view("x").template == "base template")
    }

    @Test func `a model may be made from itself`() throws {
        let fixture = try WeightFixture()
        try fixture.make("x", Self.base)
        let model = try fixture.derive("x", from: "x", PackageContents(system: "new"))
        try fixture.store.check(model)
        #expect(try fixture.view("x").system == "new")
    }

    @Test func `a layer that is not there is named`() throws {
        let fixture = try WeightFixture()
        let base = try fixture.make("base", Self.base)
        let digest = base.manifest.layers[0].digest
        try FileManager.default.removeItem(atPath: fixture.store.path(of: digest))
        let error = try #require(throws: PackagingError.self) { try fixture.derive("x", from: "base", PackageContents()) }
        #expect(error.description == "model 'base:latest': model layer: blob \(digest) is missing from the store")
    }

    @Test func `weights that are no GGUF are named`() throws {
        let fixture = try WeightFixture()
        let session = try StoreSession(try fixture.store)
        let layer = try session.put(Array("not a GGUF file".utf8)).descriptor(.model)
        try session.commit(Manifest(config: nil, layers: [layer]), as: try ModelName("bad"))
        let error = try #require(throws: PackagingError.self) { try fixture.view("bad") }
        #expect(error.description.hasPrefix("model 'bad:latest': model layer: "))
    }

    @Test(arguments: ["[]", "{", "3", #"{"a":}"#])
    func `a params layer that is no object is named`(_ text: String) throws {
        let fixture = try WeightFixture()
        let session = try StoreSession(try fixture.store)
        let layer = try session.put(Array(text.utf8)).descriptor(.parameters)
        try session.commit(Manifest(config: nil, layers: [layer]), as: try ModelName("bad"))
        let error = try #require(throws: PackagingError.self) { try fixture.view("bad") }
        #expect(error.description.hasPrefix("model 'bad:latest': params layer: "))
    }
}
