import BuildPipeline
import ModelManifest
import ModelService
import ModelStore
import ModelfilePlan
import Packaging
import TestSupport

/// A store with packages made of a tiny random model.
struct ServiceFixture {
    let folder: TemporaryFolder
    let models: LocalModels
    let file: String

    init() throws {
        folder = try TemporaryFolder()
        models = LocalModels(store: try ModelStore(root: folder.path + "/models"))
        file = try folder.write(TinyModelFile.llama().bytes, to: "tiny.gguf").path
    }

    /// Packages the tiny model, or `from`, with what `change` adds to the plan.
    @discardableResult
    func make(
        _ name: String, from: String = "./tiny.gguf", _ change: (inout BuildPlan) throws -> Void = { _ in }
    ) throws -> StoredModel {
        var plan = BuildPlan()
        plan.sources = [Written(from)]
        try change(&plan)
        return try models.create(BuildRequest(plan: plan, name: try ModelName(name), folder: folder.path, threads: 1))
    }
}
