import Bytes
import GGUF
public import Linting
import ModelManifest
public import ModelStore
public import ModelfileSyntax

/// Looks at what a Modelfile's sources name, for the rules of `quern check`: nothing is read but names and headers.
public struct SourceInspector {
    private let resolver: SourceResolver

    /// - Parameter folder: where relative paths start.
    public init(folder: String, store: ModelStore) { resolver = SourceResolver(folder: folder, store: store) }

    /// What the texts behind FROM, ADAPTER and DRAFT name. What cannot be found out is left out.
    public func facts(for tree: ModelfileSyntaxTree) -> SourceFacts {
        let entries = tree.entries
        // Opening a model takes longer than everything else here and serves this parameter alone.
        let readsModels = entries.contains { $0.instruction == .parameter && $0.argument == "num_ctx" }
        var facts = SourceFacts()
        for entry in entries where [.from, .adapter, .draft].contains(entry.instruction) && !entry.value.isEmpty {
            facts[entry.value] = finding(entry, readsModels: readsModels && entry.instruction == .from)
        }
        return facts
    }

    private func finding(_ entry: ModelfileEntry, readsModels: Bool) -> SourceFacts.Finding? {
        var path = resolver.expand(entry.value)
        if entry.instruction == .adapter, let source = try? resolver.adapter(entry.value) { path = source.path }
        do {
            if let status = try FileStatus.ifPresent(path) {
                let isFile = status.kind == .regular
                return .path(trainedContext: readsModels && isFile ? Self.trainedContext(path) : nil)
            }
            let isPath = entry.instruction == .adapter || SourceReference.looksLikePath(entry.value)
            return isPath ? .absent(path: path) : try stored(entry.value, readsModels: readsModels)
        } catch {
            return nil
        }
    }

    private func stored(_ text: String, readsModels: Bool) throws -> SourceFacts.Finding {
        guard let model = try? resolver.store.model(try ModelName(text)) else { return .remote }
        guard readsModels, let layer = model.manifest.layers(of: .model).first else { return .stored(trainedContext: nil) }
        return .stored(trainedContext: Self.trainedContext(resolver.store.path(of: layer.digest)))
    }

    /// The `context_length` of a GGUF file, nil for anything else.
    private static func trainedContext(_ path: String) -> Int? {
        guard let metadata = try? GGUFFile(path: path).metadata, let architecture = metadata.architecture else { return nil }
        return metadata.int(GGUFKey.contextLength(architecture))
    }
}
