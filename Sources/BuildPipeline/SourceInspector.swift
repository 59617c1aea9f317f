import Bytes
import Conversion
import Diagnostics
import GGUF
import JSONText
public import Linting
import ModelManifest
public import ModelStore
public import ModelfileSyntax
import Packaging
import Tensors
import Tokenization

/// Looks at what a Modelfile's sources name, for the rules of `quern check`: nothing is read but names and headers.
public struct SourceInspector {
    private let resolver: SourceResolver

    /// - Parameter folder: where relative paths start.
    public init(folder: String, store: ModelStore) { resolver = SourceResolver(folder: folder, store: store) }

    /// What the texts behind FROM, ADAPTER and DRAFT name. What cannot be found out is left out.
    public func facts(for tree: ModelfileSyntaxTree) -> SourceFacts {
        let entries = tree.entries
        // Opening a model takes longer than everything else here, and few rules ask for it.
        let readsModels = entries.contains { entry in
            entry.instruction == .adapter || entry.instruction == .template
                || entry.instruction == .parameter && entry.argument == "num_ctx"
        }
        var facts = SourceFacts()
        for entry in entries where [.from, .adapter, .draft].contains(entry.instruction) && !entry.value.isEmpty {
            facts[entry.value] = finding(entry, readsModels: readsModels && entry.instruction != .draft)
        }
        if let base = entries.first(where: { $0.instruction == .from }) {
            for draft in entries where draft.instruction == .draft && !draft.value.isEmpty {
                compare(draft.value, with: base.value, &facts)
            }
        }
        return facts
    }

    /// Notes where the tokens of a draft are not those of the model; says nothing where either cannot be read.
    private func compare(_ draft: String, with base: String, _ facts: inout SourceFacts) {
        guard case .path(var traits) = facts[draft], let drafting = Self.vocabulary(resolver.expand(draft)),
            let target = path(ofWeights: base, facts).flatMap(Self.vocabulary),
            case .none(let difference) = drafting.shared(with: target)
        else { return }
        traits.foreignVocabulary = difference
        facts[draft] = .path(traits)
    }

    /// The file of weights behind FROM; nil for a checkpoint's folder and for what is not there.
    private func path(ofWeights text: String, _ facts: SourceFacts) -> String? {
        switch facts[text] {
        case .path: return resolver.expand(text)
        case .stored:
            let model = try? resolver.store.model(try ModelName(text))
            return model?.manifest.layers(of: .model).first.map { resolver.store.path(of: $0.digest) }
        case .absent, .remote, nil: return nil
        }
    }

    private static func vocabulary(_ path: String) -> Vocabulary? {
        (try? GGUFFile(path: path)).flatMap { try? Tokenizer(metadata: $0.metadata).vocabulary }
    }

    private func finding(_ entry: ModelfileEntry, readsModels: Bool) -> SourceFacts.Finding? {
        var path = resolver.expand(entry.value)
        if entry.instruction == .adapter, let source = try? resolver.adapter(entry.value) { path = source.path }
        do {
            if let status = try FileStatus.ifPresent(path) {
                guard readsModels else { return .path(ModelTraits()) }
                let isCheckpoint = status.kind == .folder && entry.instruction == .from
                return .path(isCheckpoint ? Self.traits(ofCheckpoint: path) : Self.traits(path))
            }
            let isPath = entry.instruction == .adapter || SourceReference.looksLikePath(entry.value)
            return isPath
                ? .absent(path: path, similar: similar(to: entry.value, at: path))
                : try stored(entry.value, readsModels: readsModels)
        } catch {
            return nil
        }
    }

    /// The text with the name of a file that is there instead of its last part, if one is written nearly like it.
    private func similar(to text: String, at path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash < path.index(before: path.endIndex) else { return nil }
        let folder = Folder(slash == path.startIndex ? "/" : String(path[..<slash]))
        let name = String(path[path.index(after: slash)...])
        guard text.hasSuffix(name), let names = try? folder.names() else { return nil }
        // Of a model's files, those of its own kind: nobody means README.md.
        let kind = name.lastIndex(of: ".").map { name[$0...] } ?? ""
        let candidates = names.prefix(Self.nameLimit).filter { $0.lowercased().hasSuffix(kind.lowercased()) }
        return SpellingSuggestion.nearest(to: name, in: candidates).map { text.dropLast(name.count) + $0 }
    }

    /// Names of a folder that are compared.
    private static let nameLimit = 1000

    private func stored(_ text: String, readsModels: Bool) throws -> SourceFacts.Finding {
        guard let model = try? resolver.store.model(try ModelName(text)) else { return .remote }
        guard readsModels, let layer = model.manifest.layers(of: .model).first else { return .stored(ModelTraits()) }
        var traits = Self.traits(resolver.store.path(of: layer.digest))
        let reader = PackageReader(model, in: resolver.store)
        for layer in model.manifest.layers(of: .parameters) {
            traits.stops += (try? reader.parameters(layer))?["stop"]?.array?.compactMap(\.string) ?? []
        }
        return .stored(traits)
    }

    /// What the header of a GGUF file says; nothing for any other file.
    private static func traits(_ path: String) -> ModelTraits {
        var traits = ModelTraits()
        guard let file = try? GGUFFile(path: path), let architecture = file.metadata.architecture else { return traits }
        traits.isAdapter = file.metadata.string("general.type").map { $0 == "adapter" }
        if traits.isAdapter == true {
            traits.architecture = architecture
            // An adapter's header says nothing of the base's shape, but its tensors do: blk.7.attn_q.weight.lora_a is 4096 x 8.
            let blocks = file.tensors.compactMap { tensor in tensor.name.firstMatch(of: /^blk\.([0-9]+)\./).flatMap { Int($0.1) } }
            traits.layerCount = blocks.max().flatMap { $0 < Int.max ? $0 + 1 : nil }
            let query = file.tensors.first { $0.name.hasSuffix("attn_q.weight.lora_a") }
            traits.embeddingLength = query?.shape.dimensions.first
            return traits
        }
        read(file.metadata, architecture, into: &traits)
        return traits
    }

    /// What the folder of a checkpoint says, as its conversion would write it down; nothing where it cannot be converted.
    private static func traits(ofCheckpoint path: String) -> ModelTraits {
        var traits = ModelTraits()
        guard let folder = try? CheckpointFolder(path: path), let model = try? CheckpointConverter().convert(folder),
            let architecture = model.metadata.architecture
        else { return traits }
        read(model.metadata, architecture, into: &traits)
        return traits
    }

    private static func read(_ metadata: GGUFMetadata, _ architecture: String, into traits: inout ModelTraits) {
        traits.architecture = architecture
        traits.trainedContext = metadata.int(GGUFKey.contextLength(architecture))
        traits.embeddingLength = metadata.int(GGUFKey.embeddingLength(architecture))
        traits.layerCount = metadata.int("\(architecture).block_count")
        if let vocabulary = try? Tokenizer(metadata: metadata).vocabulary {
            traits.endTokens = vocabulary.endOfGeneration.sorted().map { vocabulary.text(of: $0) }
        }
    }
}
