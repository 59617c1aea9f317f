import Bytes
import Conversion
public import GGUF
public import JSONText
public import ModelStore
public import ModelfilePlan
public import Packaging

/// What the model behind a plan's FROM says of itself, known before anything is built.
public struct PlannedModel: Sendable {
    /// The metadata that the weights have or, of a checkpoint, will have; nil where FROM names no GGUF model and no checkpoint.
    public private(set) var metadata: GGUFMetadata?
    /// tokenizer_config.json and generation_config.json of a checkpoint; empty where there are none.
    public private(set) var tokenizerConfig = JSONObject()
    public private(set) var generationConfig = JSONObject()
    /// The stored model that FROM names, whose texts the package takes over.
    public private(set) var base: PackageView?
    public private(set) var hasProjector = false

    /// - Parameter folder: where relative paths of the plan start.
    public init(of plan: BuildPlan, folder: String, store: ModelStore) throws {
        let resolver = SourceResolver(folder: folder, store: store)
        for source in plan.sources {
            for resolved in try resolver.resolve(from: source.value) { try take(resolved, store) }
        }
    }

    /// A checkpoint's folder by itself.
    public init(checkpoint path: String) throws { try take(checkpoint: path) }

    private mutating func take(_ source: ResolvedSource, _ store: ModelStore) throws {
        switch source {
        case .checkpoint(let folder, _): try take(checkpoint: folder)
        case .gguf(let path, _):
            let file = try GGUFFile(path: path)
            switch WeightFacts(file).kind {
            case .model: metadata = metadata ?? file.metadata
            case .projector: hasProjector = true
            default: break
            }
        case .stored(let model, _):
            let package = try PackageView(model, in: store)
            metadata = package.weights?.file.metadata
            hasProjector = hasProjector || !package.projectors.isEmpty
            base = package
        }
    }

    private mutating func take(checkpoint path: String) throws {
        let folder = try CheckpointFolder(path: path)
        metadata = try CheckpointConverter().convert(folder).metadata
        tokenizerConfig = try folder.object(in: "tokenizer_config.json") ?? JSONObject()
        generationConfig = try folder.object(in: "generation_config.json") ?? JSONObject()
    }
}
