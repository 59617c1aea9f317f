import BuildPipeline
import Bytes
import GGUF
import ModelManifest
import ModelStore
import Packaging
import Tensors
import TestSupport
import Testing

/// What FROM, ADAPTER and DRAFT may name, and what is said when they name nothing.
@Suite struct Sources {
    let fixture: BuildFixture
    init() throws { fixture = try BuildFixture() }

    @Test func aFileIsKeptAsGiven() throws {
        let made = try fixture.build("FROM ./tiny.gguf")
        let bytes = [UInt8](try Data(contentsOf: fixture.folder.file("tiny.gguf")))
        #expect(made.manifest.layers(of: .model).map(\.digest) == [Digest(of: bytes)])
    }

    @Test(arguments: ["tiny.gguf", "./tiny.gguf", "sub/../tiny.gguf"])
    func pathsStartAtTheModelfilesFolder(path: String) throws {
        try fixture.folder.write([], to: "sub/empty")
        #expect(try fixture.build("FROM \(path)").manifest.layers(of: .model).count == 1)
    }

    @Test func aFolderOfGGUFFilesIsItsModelAndProjector() throws {
        try fixture.folder.write(TinyModelFile.llama().bytes, to: "both/zz-model.gguf")
        try fixture.folder.write(TinyModelFile.projector().bytes, to: "both/mmproj.gguf")
        let made = try fixture.build("FROM ./both")
        #expect(made.manifest.layers.map(\.mediaType) == [.projector, .model])
        #expect(made.manifest.layers(of: .projector).first?.from == "mmproj.gguf")
    }

    /// Ollama fb307609 sorts the paths (server/create.go, convertModelFromFilesWithMediaType), whatever the order of FROM.
    @Test func layersOfFilesComeInTheOrderOfTheirPaths() throws {
        try fixture.write(.projector(), to: "mmproj.gguf")
        let one = try fixture.build("FROM ./tiny.gguf\nFROM ./mmproj.gguf", as: "one")
        let other = try fixture.build("FROM ./mmproj.gguf\nFROM ./tiny.gguf", as: "other")
        #expect(one.manifest.layers.map(\.mediaType) == [.projector, .model])
        #expect(one.manifest.layers.map(\.digest) == other.manifest.layers.map(\.digest))
    }

    @Test(arguments: [
        "FROM ./parts/m-00001-of-00002.gguf", "FROM ./parts",
        "FROM ./parts/m-00001-of-00002.gguf\nFROM ./parts/m-00002-of-00002.gguf",
    ])
    func shardsAreJoined(modelfile: String) throws {
        for (index, shard) in TinyModelFile.shards().enumerated() {
            try fixture.folder.write(shard.bytes, to: "parts/m-0000\(index + 1)-of-00002.gguf")
        }
        let made = try fixture.build(modelfile)
        let file = try #require(try fixture.view("made").weights?.file)
        #expect(made.manifest.layers(of: .model).count == 1)
        #expect(file.tensors.count == 20)
        #expect(file.metadata["split.count"] == nil)
        // Joining shards gives the tensors of the file that was never split.
        try fixture.folder.write(TinyModelFile.llama(blocks: 2).bytes, to: "whole.gguf")
        try fixture.build("FROM ./whole.gguf", as: "whole")
        let whole = try #require(try fixture.view("whole").weights?.file)
        for tensor in whole.tensors {
            let joined = try #require(file.tensor(named: tensor.name))
            #expect(file.bytes(of: joined).bytes() == whole.bytes(of: tensor).bytes())
        }
    }

    @Test func adaptersArePackaged() throws {
        try fixture.write(.adapter(), to: "lora.gguf")
        let made = try fixture.build("FROM ./tiny.gguf\nADAPTER ./lora.gguf")
        #expect(made.manifest.layers.map(\.mediaType) == [.model, .adapter])
        #expect(try fixture.view("made").adapters.count == 1)
    }

    @Test(arguments: [
        ("FROM ./gone.gguf", "FROM './gone.gguf': no such file or folder"),
        ("FROM /gone", "FROM '/gone': no such file or folder"),
        ("FROM gone", "FROM 'gone': neither a file beside the Modelfile nor a model in the store ('gone:latest')"),
        ("FROM ./text", "FROM './text': neither a GGUF file nor a safetensors checkpoint (starts with 'text')"),
        ("FROM ./empty", "FROM './empty': neither a GGUF file nor a safetensors checkpoint (starts with nothing: it is empty)"),
        ("FROM ./torch", "FROM './torch': PyTorch weights, which can run code when read; save the model as safetensors"),
        ("FROM ./bare", "FROM './bare': safetensors files without their config.json"),
        ("FROM ./bare/m.safetensors", "FROM './bare/m.safetensors': no config.json beside it; name the checkpoint's folder"),
        ("FROM ./nothing", "FROM './nothing': a folder without safetensors and GGUF files"),
        ("FROM ./tiny.gguf\nADAPTER ./gone", "ADAPTER './gone': no such file or folder"),
        (
            "FROM ./tiny.gguf\nADAPTER ./text",
            "ADAPTER './text': neither a GGUF file nor a folder with adapter_config.json and safetensors"
        ),
        ("FROM ./tiny.gguf\nADAPTER ./tiny.gguf", "'general.type' is 'missing', wanted 'adapter'"),
        ("FROM ./tiny.gguf\nDRAFT ./text", "DRAFT './text': not a GGUF file (drafts are packaged as GGUF)"),
        ("FROM ./mmproj.gguf", "no FROM names a model (projectors and adapters need one)"),
        ("FROM ./tiny.gguf\nFROM ./other.gguf", "FROM names 2 models; a package holds one, with its projectors"),
        ("FROM ./tiny.gguf\nREQUIRES 99.0.0", "REQUIRES 99.0.0: this version behaves as"),
    ])
    func whatCannotBeBuiltIsSaid(modelfile: String, problem: String) throws {
        for (name, text) in [
            ("text", "text"), ("empty", ""), ("torch/model.bin", ""), ("bare/m.safetensors", ""), ("nothing/readme", ""),
        ] {
            try fixture.folder.write(Array(text.utf8), to: name)
        }
        try fixture.write(.projector(), to: "mmproj.gguf")
        try fixture.write(.llama(name: "other"), to: "other.gguf")
        let error = #expect(throws: (any Error).self) { try fixture.build(modelfile) }
        #expect("\(try #require(error))".contains(problem))
        #expect(try fixture.store.list().models.isEmpty)
        #expect(fixture.blobs.isEmpty)
    }
}
