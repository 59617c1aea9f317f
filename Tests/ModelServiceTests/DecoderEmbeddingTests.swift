import Foundation
import JSONText
import ModelService
import ModelfilePlan
import Runner
import TestSupport
import Testing

/// A decoder whose file names a pooling, as Qwen3-Embedding is saved, against the vectors of transformers.
@Suite struct DecodersThatEmbed {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    private static let folder = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Embedders")

    private func cases() throws -> [(text: String, vector: [Double])] {
        let url = Self.folder.appendingPathComponent("expected.json")
        return try #require(try JSONValue(parsing: [UInt8](Data(contentsOf: url))).array).map {
            ($0["text"]?.string ?? "", $0["vector"]?.array?.compactMap(\.double) ?? [])
        }
    }

    @Test func vectorsAreTransformers() throws {
        try fixture.make("embedder", from: Self.folder.appendingPathComponent("qwen3").path)
        #expect(try fixture.models.inspect("embedder").capabilities == ["embedding"])
        let cases = try cases()
        for batch in [512, 3] {
            try fixture.make("batched", from: "embedder") { try $0.parameters.add("num_batch", "\(batch)") }
            let model = try fixture.models.openEmbedding("batched")
            #expect(model.dimensions == 16)
            let found = try model.embed(cases.map(\.text)).vectors
            for (entry, vector) in zip(cases, found) {
                let cosine = zip(vector, entry.vector).reduce(0) { $0 + Double($1.0) * $1.1 }
                #expect(cosine > 0.9999 && cosine < 1.0001, "\(entry.text)")
            }
            #expect(found.count == cases.count)
        }
    }

    @Test func textsThatAreTooLongLoseTheirEndOrAreRefused() throws {
        try fixture.make("embedder", from: Self.folder.appendingPathComponent("qwen3").path) {
            try $0.parameters.add("num_ctx", "4")
        }
        let model = try fixture.models.openEmbedding("embedder")
        let long = String(repeating: "the cat ", count: 20)
        #expect(try model.embed([long]).promptTokens == 4)
        #expect(throws: RunnerError.inputTooLong) { try model.embed([long], truncates: false) }
        #expect(try model.embed(["the"], dimensions: 4).vectors[0].count == 4)
    }
}
