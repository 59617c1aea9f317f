import ModelManifest
public import ModelStore
public import Packaging
import Synchronization

/// What lists tell of models besides their names: read from the weights' headers once for each manifest, since a list is asked for
/// often and headers are long.
public final class ModelCatalogue: Sendable {
    public struct Entry: Sendable {
        public let details: ModelDetails
        public let capabilities: [String]
    }

    private let models: LocalModels
    private let entries = Mutex<[Digest: Entry]>([:])
    /// More models than anybody keeps; past it, everything is read anew.
    private static let capacity = 4096

    public init(models: LocalModels) { self.models = models }

    /// What is told of a model; of one whose layers cannot be read, what its config says.
    public func entry(for model: StoredModel) -> Entry {
        if let known = entries.withLock({ $0[model.digest] }) { return known }
        guard let inspection = try? models.inspect(model) else {
            let config = (try? models.store.config(of: model)) ?? ModelConfig()
            return Entry(details: ModelDetails(config), capabilities: [])
        }
        let entry = Entry(details: inspection.details, capabilities: inspection.capabilities)
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries = [:] }
            entries[model.digest] = entry
        }
        return entry
    }
}
