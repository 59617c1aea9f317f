import BuildPipeline
import Compute
import Foundation
import ModelManifest
import ModelService
import ModelfilePlan
import Runner
import TestSupport
import Testing
import TransformerEngine

/// Adapters of single experts: added while the model runs, packaged, or merged into its weights, they give the same logits.
@Suite struct ExpertAdapters {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    private static let decoders = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Decoders")

    private func logits(_ name: String, adapter: AdapterSource? = nil, batchSize: Int = 8) throws -> [[Float]] {
        let model = try fixture.models.load(name, adapters: adapter.map { [$0] } ?? [])
        let session = try InferenceSession(
            model: model.transformer, contextLength: 16, batchSize: batchSize, cacheType: .f32, pool: ThreadPool(threads: 2))
        try session.evaluate([5, 17, 3, 40, 33, 8, 21, 2], logits: .all)
        return (0..<session.logitCount).map { session.logits($0) }
    }

    private func error(_ found: [[Float]], _ wanted: [[Float]]) -> Double {
        var (difference, size) = (0.0, 0.0)
        for (left, right) in zip(found.joined(), wanted.joined()) {
            difference += Double(left - right) * Double(left - right)
            size += Double(right) * Double(right)
        }
        return difference / size
    }

    /// Experts 0 and 2 of the first layer, and 1 of the second.
    private static func modules(_ experts: String, _ names: [String], _ width: Int, _ length: Int) -> [(String, Int, Int)] {
        [(0, 0), (0, 2), (1, 1)].flatMap { layer, expert in
            names.enumerated().map { index, name in
                ("model.layers.\(layer).\(experts).\(expert).\(name)", index == 2 ? width : length, index == 2 ? length : width)
            }
        }
    }

    @Test(arguments: ["mixtral", "qwen3moe"])
    func theLogitsAreThoseOfMergedWeights(name: String) throws {
        let source = Self.decoders.appendingPathComponent(name).path
        let modules =
            name == "mixtral"
            ? Self.modules("block_sparse_moe.experts", ["w1", "w3", "w2"], 16, 24)
            : Self.modules("mlp.experts", ["gate_proj", "up_proj", "down_proj"], 16, 8)
        let adapter = AdapterSource(
            path: try fixture.writeAdapter(modules.map { (name: $0.0, rows: $0.1, columns: $0.2) }, to: "lora"))
        try fixture.make("plain", from: source)
        try fixture.make("packaged", from: source) { $0.adapters = [.init("./lora")] }
        var plan = BuildPlan()
        (plan.sources, plan.adapters) = ([Written(source)], [.init("./lora")])
        _ = try fixture.models.create(
            BuildRequest(
                plan: plan, name: try ModelName("merged"), folder: fixture.folder.path, mergesAdapters: true, threads: 1))
        let (base, added) = (try logits("plain"), try logits("plain", adapter: adapter))
        #expect(error(added, base) > 1e-3)
        #expect(try logits("packaged") == added)
        // Merging rounds the sums to the type of the weights.
        #expect(error(try logits("merged"), added) < 1e-4)
        #expect(error(try logits("plain", adapter: adapter, batchSize: 1), added) < 1e-10)
        #expect(try logits("plain", adapter: AdapterSource(path: adapter.path, scale: 0)) == base)
    }

    @Test func anExpertThatTheModelHasNotIsRefused() throws {
        let source = Self.decoders.appendingPathComponent("mixtral").path
        try fixture.make("plain", from: source)
        let many = try fixture.writeAdapter([("model.layers.0.block_sparse_moe.experts.4.w1", 24, 16)], to: "many")
        let wide = try fixture.writeAdapter([("model.layers.0.block_sparse_moe.experts.0.w1", 25, 16)], to: "wide")
        for (path, problem) in [(many, "expert 4 of a model that has 4"), (wide, "'blk.0.ffn_gate_exps.weight' has shape")] {
            let error = #expect(throws: (any Error).self) { try logits("plain", adapter: AdapterSource(path: path)) }
            #expect("\(try #require(error))".contains(problem))
        }
    }
}
