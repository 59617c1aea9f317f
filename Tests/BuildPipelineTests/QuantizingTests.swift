import BuildPipeline
import Bytes
import Compute
import GGUF
import ModelManifest
import ModelStore
import Packaging
import Quantization
import Tensors
import TestSupport
import Testing

/// Weights on their way into the store and into files.
@Suite struct Quantizing {
    let fixture: BuildFixture
    init() throws { fixture = try BuildFixture() }

    @Test(arguments: [FileType.f16, .bf16, .q8_0, .q4_0])
    func theWeightsGetTheTypeAsked(type: FileType) throws {
        try fixture.build("FROM ./tiny.gguf", to: type)
        let view = try fixture.view("made")
        #expect(view.config.fileType == type.name)
        #expect(view.weights?.file.tensor(named: "blk.0.ffn_up.weight")?.type == type.tensorType)
        #expect(view.weights?.file.tensor(named: "output_norm.weight")?.type == .f32)
    }

    @Test func threadsDoNotChangeTheBytes() throws {
        try fixture.write(.llama(width: 256), to: "wide.gguf")
        let digests = try [1, 2, 3, 4].map { (threads: Int) in
            try fixture.build("FROM ./wide.gguf", as: "threads\(threads)", to: .q4_K_M, threads: threads).digest
        }
        #expect(Set(digests).count == 1)
    }

    @Test func whatIsQuantizedIsNotQuantizedAgain() throws {
        try fixture.build("FROM ./tiny.gguf", as: "q8", to: .q8_0)
        let before = fixture.blobs
        #expect(throws: BuildError.alreadyQuantized(text: "q8", fileType: "Q8_0")) {
            try fixture.build("FROM q8", as: "q4", to: .q4_0)
        }
        #expect(fixture.blobs == before)
    }

    @Test(arguments: [FileType.f16, .bf16])
    func aStoredModelIsQuantizedFromFullPrecision(type: FileType) throws {
        try fixture.build("FROM ./tiny.gguf", as: "full", to: type)
        try fixture.build("FROM full", as: "small", to: .q8_0)
        #expect(try fixture.view("small").config.fileType == "Q8_0")
    }

    @Test func askingForTheTypeThatIsThereKeepsTheFile() throws {
        let given = try fixture.build("FROM ./tiny.gguf", as: "given").manifest.layers(of: .model)
        #expect(try fixture.build("FROM ./tiny.gguf", as: "again", to: .f32).manifest.layers(of: .model) == given)
        #expect(
            try fixture.build("FROM given", as: "third", to: .f32).manifest.layers(of: .model).map(\.digest) == given.map(\.digest))
    }

    @Test func aProjectorIsLeftAsItIs() throws {
        try fixture.write(.projector(), to: "mmproj.gguf")
        let plain = try fixture.build("FROM ./tiny.gguf\nFROM ./mmproj.gguf", as: "plain")
        let small = try fixture.build("FROM ./tiny.gguf\nFROM ./mmproj.gguf", as: "small", to: .q8_0)
        #expect(plain.manifest.layers(of: .projector) == small.manifest.layers(of: .projector))
        #expect(plain.manifest.layers(of: .model) != small.manifest.layers(of: .model))
    }

    @Test func aFileIsWrittenAsTheStoreWouldHaveIt() throws {
        let output = fixture.path + "/out.gguf"
        let job = QuantizedFile(input: fixture.path + "/tiny.gguf", output: output, fileType: .q8_0)
        let report = try job.make(on: ThreadPool(threads: 2), events: { _ in })
        let made = try fixture.build("FROM ./tiny.gguf", to: .q8_0)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: output)))
        #expect(made.manifest.layers(of: .model).map(\.digest) == [Digest(of: bytes)])
        #expect(report.outputByteCount == bytes.count)
        #expect(report.bitsPerWeight > 8 && report.bitsPerWeight < 32)
    }

    @Test func aFailureLeavesTheOldOutput() throws {
        try fixture.folder.write(Array("old".utf8), to: "out.gguf")
        try fixture.folder.write(Array("no model".utf8), to: "broken.gguf")
        let job = QuantizedFile(input: fixture.path + "/broken.gguf", output: fixture.path + "/out.gguf", fileType: .q8_0)
        #expect(throws: GGUFError.self) { try job.make(on: ThreadPool(threads: 1), events: { _ in }) }
        #expect(try String(contentsOfFile: fixture.path + "/out.gguf", encoding: .utf8) == "old")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.path).sorted() == ["broken.gguf", "out.gguf", "tiny.gguf"])
    }
}
