import BuildPipeline
import Compute
import Foundation
import GGUF
import JSONText
import ModelManifest
import ModelStore
import ModelfilePlan
import Packaging
import Quantization
import TestSupport
import Testing
import TransformerEngine

/// The adapters in Tests/Fixtures/Adapters, packaged beside their base and merged into it: both compute what peft computes.
struct AdapterCase: CustomTestStringConvertible {
    /// As ADAPTER and `--adapter` name them.
    let adapters: [String]
    let base: String
    let tokens: [Int32]
    /// After each token.
    let logits: [[Double]]

    var testDescription: String { adapters.joined(separator: "+") }

    static let folder = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Adapters").path

    static let all: [AdapterCase] = {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json")),
            let value = try? JSONValue(parsing: [UInt8](data))
        else { return [] }
        let tokens = value["tokens"]?.array?.compactMap(\.int).map(Int32.init) ?? []
        return (value["cases"]?.array ?? []).map { entry in
            AdapterCase(
                adapters: entry["adapters"]?.array?.compactMap(\.string) ?? [], base: entry["base"]?.string ?? "",
                tokens: tokens, logits: entry["logits"]?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? [])
        }
    }()

    var modelfile: String {
        (["FROM \(Self.folder)/\(base)"] + adapters.map { "ADAPTER \(Self.folder)/\($0)" }).joined(separator: "\n")
    }

    /// How far logits are from what peft computes: the squared error's share of the squares.
    func error(of file: GGUFFile, _ adapters: [ScaledAdapter] = [], batch: Int = 16) throws -> Double {
        let model = try TransformerModel(file: file, adapters: adapters)
        let session = try InferenceSession(
            model: model, contextLength: 16, batchSize: batch, cacheType: .f32, pool: ThreadPool(threads: 2))
        try session.evaluate(tokens, logits: .all)
        var (error, total) = (0.0, 0.0)
        for (row, wanted) in logits.enumerated() {
            for (found, wanted) in zip(session.logits(row), wanted) {
                error += (Double(found) - wanted) * (Double(found) - wanted)
                total += wanted * wanted
            }
        }
        return error / total
    }
}

@Suite struct Adapters {
    let fixture: BuildFixture
    init() throws { fixture = try BuildFixture() }

    @Test func thereAreCases() { #expect(AdapterCase.all.count == 9) }

    @Test(arguments: AdapterCase.all)
    func aPackagedAdapterComputesWhatPeftComputes(entry: AdapterCase) throws {
        try fixture.build(entry.modelfile, to: .f32)
        let view = try fixture.view("made")
        let base = try #require(view.weights)
        let adapters = try view.adapters.map { ScaledAdapter(try GGUFAdapter($0.file, name: $0.path)) }
        #expect(adapters.count == entry.adapters.count)
        #expect(try entry.error(of: base.file, adapters) < 1e-6)
        // Without the adapter, and token by token.
        #expect(try entry.error(of: base.file) > 1e-3)
        #expect(try entry.error(of: base.file, adapters, batch: 1) < 1e-6)
    }

    @Test(arguments: AdapterCase.all)
    func aMergedAdapterComputesWhatPeftComputes(entry: AdapterCase) throws {
        try fixture.build(entry.modelfile, to: .f32, mergesAdapters: true)
        let view = try fixture.view("made")
        #expect(view.adapters.isEmpty)
        #expect(try entry.error(of: try #require(view.weights).file) < 1e-6)
    }

    @Test func adaptersOfAStoredModelAreMergedToo() throws {
        let entry = try #require(AdapterCase.all.first { $0.adapters.count == 2 })
        let from = "FROM \(AdapterCase.folder)/\(entry.base)\nADAPTER \(AdapterCase.folder)/\(entry.adapters[0])"
        try fixture.build(from, as: "first", to: .f32)
        try fixture.build("FROM first\nADAPTER \(AdapterCase.folder)/\(entry.adapters[1])", mergesAdapters: true)
        let view = try fixture.view("made")
        #expect(view.adapters.isEmpty)
        #expect(try entry.error(of: try #require(view.weights).file) < 1e-6)
    }

    @Test func aScaleIsPartOfThePackage() throws {
        try fixture.write(.adapter(), to: "lora.gguf")
        let whole = try fixture.build("FROM ./tiny.gguf\nADAPTER ./lora.gguf", as: "whole")
        try fixture.build("FROM ./tiny.gguf\nADAPTER ./lora.gguf=0.25", as: "quarter")
        #expect(try fixture.view("whole").adapters.first?.file.metadata.double(GGUFKey.adapterAlpha) == 8)
        #expect(try fixture.view("quarter").adapters.first?.file.metadata.double(GGUFKey.adapterAlpha) == 2)
        // A file that counts whole is packaged as it is.
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture.path + "/lora.gguf")))
        #expect(whole.manifest.layers(of: .adapter).map(\.digest) == [Digest(of: bytes)])
    }

    @Test func mergedWeightsAreQuantizedAfterwards() throws {
        try fixture.write(.adapter(), to: "lora.gguf")
        try fixture.build("FROM ./tiny.gguf\nADAPTER ./lora.gguf", as: "merged", mergesAdapters: true)
        try fixture.build("FROM merged", as: "twice", to: .q8_0)
        try fixture.build("FROM ./tiny.gguf\nADAPTER ./lora.gguf", as: "once", to: .q8_0, mergesAdapters: true)
        #expect(
            try fixture.view("twice").weights?.descriptor.digest == fixture.view("once").weights?.descriptor.digest)
        #expect(try fixture.view("once").config.fileType == "Q8_0")
    }

    @Test func quantizedWeightsTakeNoMerge() throws {
        try fixture.write(.adapter(), to: "lora.gguf")
        try fixture.build("FROM ./tiny.gguf", as: "small", to: .q8_0)
        let before = fixture.blobs
        #expect(throws: BuildError.quantizedBase(text: "small", fileType: "Q8_0")) {
            try fixture.build("FROM small\nADAPTER ./lora.gguf", mergesAdapters: true)
        }
        #expect(fixture.blobs == before)
    }

    @Test(arguments: [true, false])
    func anotherModelsAdapterIsRefusedWithItsFirstTensor(merges: Bool) throws {
        let problem = "the model has no tensor 'blk.0.attn_q.weight', which the adapter changes"
        let path = AdapterCase.folder + "/plain"
        let before = fixture.blobs
        #expect(
            throws: GGUFError.adapterMisfit(
                file: path, problem: "tensor 'blk.0.attn_k.weight' has shape [32, 16] in the model, the adapter is for [16, 8]")
        ) {
            try fixture.build("FROM ./tiny.gguf\nADAPTER \(path)", mergesAdapters: merges)
        }
        try fixture.write(.adapter(), to: "lora.gguf")
        #expect(
            throws: GGUFError.adapterMisfit(
                file: fixture.path + "/lora.gguf", problem: "it is for the architecture 'llama', the model is 'phi3'; \(problem)")
        ) {
            try fixture.build("FROM \(AdapterCase.folder)/../Decoders/phi3\nADAPTER ./lora.gguf", mergesAdapters: merges)
        }
        #expect(fixture.blobs == before)
    }

    @Test func whatIsNoAdapterIsRefused() throws {
        #expect(throws: GGUFError.self) { try fixture.build("FROM ./tiny.gguf\nADAPTER ./tiny.gguf") }
        #expect(throws: BuildError.self) { try fixture.build("FROM ./tiny.gguf\nADAPTER \(AdapterCase.folder)/llama") }
        #expect(throws: BuildError.self) { try fixture.build("FROM ./tiny.gguf\nADAPTER ./nothing.gguf=0.5") }
    }
}
