import Bytes
import Compute
import Conversion
import GGUF
import ModelManifest
public import ModelStore
import ModelfilePlan
import Packaging
import Tokenization

/// Builds a package: resolves what FROM names, makes blobs of the weights, puts the texts round them, writes the manifest last.
///
/// Until the manifest is written the store lists what it listed before; blobs of a build that failed are removed with its session
/// or by the next prune.
public struct ModelBuilder: Sendable {
    private let store: ModelStore
    private let events: BuildEvent.Handler

    public init(store: ModelStore, events: @escaping BuildEvent.Handler = { _ in }) {
        (self.store, self.events) = (store, events)
    }

    /// - Parameter verify: gets the package before it has its name; what it throws ends the build, and nothing of it stays.
    public func build(
        _ request: BuildRequest, verify: (StoredModel) throws -> Void = { _ in }
    ) throws -> StoredModel {
        let plan = request.plan
        if let required = plan.requires?.value, try !OllamaLevel.satisfies(required) {
            throw BuildError.requiresNewer(required: required, level: OllamaLevel.version)
        }
        events(.status("gathering model components"))
        let resolver = SourceResolver(folder: request.folder, store: store)
        let sources = try SourceSet(plan.sources.flatMap { try resolver.resolve(from: $0.value) })
        let named = try plan.adapters.map { try resolver.adapter($0.value) }
        let drafts = try plan.drafts.map { try resolver.ggufFile("DRAFT", $0.value) }
        if !drafts.isEmpty { try warn(ofDrafts: drafts, in: request) }

        let session = try StoreSession(store, isCancelled: { Interruption.isRequested })
        let adapters = try open(named, for: sources, inherited: request.mergesAdapters)
        var weights = WeightsBuilder(
            session: session, fileType: request.fileType, linksFiles: request.linksFiles,
            pool: ThreadPool(threads: request.threads ?? ThreadPool.defaultThreadCount()), events: events)
        if request.mergesAdapters { weights.merged = adapters }
        var base = try baseLayers(of: sources, weights)
        if request.mergesAdapters {
            base.removeAll { $0.mediaType == .adapter }
        } else {
            base += try adapters.map { Self.layer(try weights.weights(of: $0), as: .adapter) }
        }
        base += try drafts.map { try layer(ofDraft: $0, weights) }

        let config = try sources.stored.map { try PackageReader($0.model, in: store).config() }
        let package = PackageAssembler(base: base, baseConfig: config, contents: PackageContents(plan)).assemble()
        let manifest = try package.store(in: session) { mediaType, blob in
            // Weights were reported when they were made.
            if !Self.isWeights(mediaType) { events(.status(blob.status)) }
        }
        try verify(session.preview(manifest, as: request.name))
        events(.status("writing manifest"))
        let model = try session.commit(manifest, as: request.name)
        events(.status("success"))
        return model
    }

    /// The layers that FROM stands for: those of a stored model, or one for each file.
    private func baseLayers(of sources: SourceSet, _ weights: WeightsBuilder) throws -> [BaseLayer] {
        var layers: [BaseLayer] = []
        if let (model, text) = sources.stored {
            layers = try PackageReader(model, in: store).baseLayers()
            layers = try layers.map { layer in
                guard case .stored(let descriptor) = layer.content, descriptor.mediaType == .model,
                    let made = try weights.remade(descriptor, text: text)
                else { return layer }
                return .stored(made.blob.descriptor(.model), facts: made.facts)
            }
        }
        if let folder = sources.checkpoint {
            let made = try weights.weights(ofCheckpoint: folder)
            layers.append(.stored(made.blob.descriptor(.model), facts: made.facts))
        }
        for file in sources.filesInOrder {
            let made = try weights.weights(ofFile: file.path, text: file.text)
            layers.append(Self.layer(made, as: made.facts.kind.mediaType))
        }
        let models = layers.count { $0.mediaType == .model }
        guard models == 1 else {
            throw BuildError.unfitting(
                problem: models == 0
                    ? "no FROM names a model (projectors and adapters need one)"
                    : "FROM names \(models) models; a package holds one, with its projectors")
        }
        return layers
    }

    /// Reads the adapters and sees that each of them fits the model, before anything is written.
    ///
    /// - Parameter inherited: whether those of the model in FROM are wanted too.
    private func open(_ named: [AdapterSource], for sources: SourceSet, inherited: Bool) throws -> [OpenedAdapter] {
        var wanted = named
        if inherited, let (model, _) = sources.stored {
            wanted = model.manifest.layers(of: .adapter).map { AdapterSource(path: store.path(of: $0.digest)) } + named
        }
        guard !wanted.isEmpty, let base = try sources.adapterBase(in: store) else { return [] }
        return try wanted.map { source in
            if !source.isPackaged { events(.status("converting adapter")) }
            return OpenedAdapter(source: source, adapter: try source.open(for: base))
        }
    }

    /// Says which drafts cannot guess for the model, for which they would only take up room. One without a vocabulary is of a kind
    /// that some other runner knows.
    private func warn(ofDrafts paths: [String], in request: BuildRequest) throws {
        let model = try PlannedModel(of: request.plan, folder: request.folder, store: store)
        guard let target = model.metadata.flatMap({ try? Tokenizer(metadata: $0).vocabulary }) else { return }
        for (path, text) in zip(paths, request.plan.drafts.map(\.value)) {
            guard let vocabulary = try? Tokenizer(metadata: GGUFFile(path: path).metadata).vocabulary,
                case .none(let difference) = vocabulary.shared(with: target)
            else { continue }
            events(.warning("DRAFT '\(text)' has another vocabulary and will not be used: \(difference)"))
        }
    }

    private func layer(ofDraft path: String, _ weights: WeightsBuilder) throws -> BaseLayer {
        var plain = weights
        (plain.fileType, plain.merged) = (nil, [])
        return Self.layer(try plain.weights(ofFile: path, text: path), as: .draft)
    }

    private static func isWeights(_ mediaType: MediaType) -> Bool {
        [.model, .projector, .adapter, .draft].contains(mediaType)
    }

    private static func layer(_ made: WeightsBuilder.Weights, as mediaType: MediaType) -> BaseLayer {
        let origin = made.fileName.flatMap { made.facts.origin(fileName: $0, as: mediaType) }
        return .stored(made.blob.descriptor(mediaType, from: origin), facts: made.facts)
    }
}

/// Everything that FROM named, sorted by kind.
private struct SourceSet {
    var stored: (model: StoredModel, text: String)?
    var checkpoint: String?
    var files: [(path: String, text: String)] = []

    init(_ sources: [ResolvedSource]) throws {
        for source in sources {
            switch source {
            case .stored(let model, let text):
                guard stored == nil, checkpoint == nil else { throw Self.tooMany(text) }
                stored = (model, text)
            case .checkpoint(let folder, let text):
                guard stored == nil, checkpoint == nil else { throw Self.tooMany(text) }
                checkpoint = folder
            case .gguf(let path, let text):
                // Shards that are named one by one are opened with the first.
                if !files.contains(where: { Self.isShard(path, of: $0.path) }) { files.append((path, text)) }
            }
        }
    }

    /// What adapters have to know of the model; nil where no source has weights.
    func adapterBase(in store: ModelStore) throws -> AdapterBase? {
        if let checkpoint { return AdapterBase(try CheckpointConverter().convert(CheckpointFolder(path: checkpoint))) }
        if let layer = stored?.model.manifest.layers(of: .model).first {
            return AdapterBase(try GGUFFile(path: store.path(of: layer.digest)))
        }
        for file in filesInOrder {
            let file = try GGUFFile(path: file.path)
            if WeightFacts(file).kind == .model { return AdapterBase(file) }
        }
        return nil
    }

    private static func tooMany(_ text: String) -> BuildError {
        .unfitting(problem: "FROM '\(text)': a second model; a package holds one, with its projectors")
    }

    /// The files as Ollama orders their layers: by path, byte for byte, and what is joined from shards last. So a projector
    /// `mmproj.gguf` comes before its `model.gguf`.
    var filesInOrder: [(path: String, text: String)] {
        let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        return sorted.filter { !Self.isSplit($0.path) } + sorted.filter { Self.isSplit($0.path) }
    }

    private static func isSplit(_ path: String) -> Bool { path.wholeMatch(of: /.*-[0-9]{5}-of-[0-9]{5}\.gguf/) != nil }

    private static func isShard(_ path: String, of other: String) -> Bool {
        guard let left = path.wholeMatch(of: /(.*)-[0-9]{5}-of-([0-9]{5})\.gguf/),
            let right = other.wholeMatch(of: /(.*)-[0-9]{5}-of-([0-9]{5})\.gguf/)
        else { return path == other }
        return left.1 == right.1 && left.2 == right.2
    }
}

extension PackageContents {
    /// What the plan puts round the weights.
    init(_ plan: BuildPlan) {
        self.init(
            template: plan.template?.value, system: plan.system?.value, licenses: plan.licenses.map(\.value),
            parameters: plan.parameters.json,
            messages: plan.messages.map { Message(role: $0.value.role.rawValue, content: $0.value.content) },
            renderer: plan.renderer?.value ?? "", parser: plan.parser?.value ?? "", requires: plan.requires?.value ?? "")
    }
}
