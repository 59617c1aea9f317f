import BuildPipeline
import Foundation
import JSONText
import ModelManifest
import ModelService
import ModelfilePlan
import Runner
import TestSupport
import Testing

/// Adapters of encoders: added while the model runs, packaged, or merged into its weights, they give the same vectors.
@Suite struct EmbeddingAdapters {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    private static let checkpoints = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Checkpoints")
    private func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    private func mergedVectors(of source: String, _ texts: [String]) throws -> [[Float]] {
        var plan = BuildPlan()
        (plan.sources, plan.adapters) = ([Written(source)], [.init("./lora")])
        _ = try fixture.models.create(
            BuildRequest(
                plan: plan, name: try ModelName("merged"), folder: fixture.folder.path, mergesAdapters: true, threads: 1))
        return try fixture.models.openEmbedding("merged").embed(texts).vectors
    }

    private static let bert: [(name: String, rows: Int, columns: Int)] = [
        ("encoder.layer.0.attention.self.query", 32, 32), ("encoder.layer.1.attention.output.dense", 32, 32),
        ("encoder.layer.1.intermediate.dense", 64, 32),
    ]

    @Test func theVectorsAreThoseOfMergedWeights() throws {
        let source = Self.checkpoints.appendingPathComponent("bert").path
        let adapter = try fixture.writeAdapter(Self.bert, to: "lora")
        try fixture.make("plain", from: source)
        try fixture.make("packaged", from: source) { $0.adapters = [.init("./lora")] }
        let texts = ["the cat", "a longer text about two dogs and a cat"]
        let base = try fixture.models.openEmbedding("plain").embed(texts).vectors
        let added = try fixture.models.openEmbedding("plain", adapters: [AdapterSource(path: adapter)]).embed(texts).vectors
        let packaged = try fixture.models.openEmbedding("packaged").embed(texts).vectors
        let nothing = try fixture.models.openEmbedding("plain", adapters: [AdapterSource(path: adapter, scale: 0)]).embed(texts)
            .vectors
        let merged = try mergedVectors(of: source, texts)
        #expect(packaged == added && nothing == base)
        for index in texts.indices {
            #expect(largestDifference(added[index], base[index]) > 0.01)
            // Merging rounds the sums to F16.
            #expect(largestDifference(added[index], merged[index]) < 2e-3)
        }
    }

    @Test func oneForAnotherModelIsRefused() throws {
        try fixture.make("plain", from: Self.checkpoints.appendingPathComponent("bert").path)
        let adapter = try fixture.writeAdapter([("encoder.layer.0.attention.self.query", 16, 32)], to: "wide")
        let error = #expect(throws: (any Error).self) {
            try fixture.models.openEmbedding("plain", adapters: [AdapterSource(path: adapter)])
        }
        #expect("\(try #require(error))".contains("'blk.0.attn_q.weight'"))
    }
}
