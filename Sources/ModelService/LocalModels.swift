import Bytes
public import ModelManifest
public import ModelStore

/// The models of this machine's store, and what can be done with them without a server.
public struct LocalModels: Sendable {
    public let store: ModelStore

    public init(store: ModelStore) { self.store = store }

    /// The store that the process's environment names.
    public init() throws(StoreError) {
        store = try ModelStore(environment: Environment.variables(["OLLAMA_MODELS", "OLLAMA_NOPRUNE", "HOME"]))
    }

    /// The models behind `OLLAMA_HOST`. While that is not set, or names this machine, no server is needed.
    ///
    /// - Throws: `ServiceError.noServer` for another machine's models.
    public static func onHost() throws -> LocalModels {
        guard OllamaHost(OllamaEnvironment.ofProcess["OLLAMA_HOST"]).isThisMachine else { throw ServiceError.noServer }
        return try LocalModels()
    }

    /// The models for a command that takes a model or a file: a file is on this machine whatever the host.
    public static func onHost(for text: String) throws -> LocalModels {
        isFileName(text) ? try LocalModels() : try onHost()
    }
}

extension OllamaEnvironment {
    /// The variables of this process that are not about the store.
    public static var ofProcess: OllamaEnvironment {
        OllamaEnvironment(Environment.variables(["OLLAMA_HOST", "OLLAMA_KV_CACHE_TYPE", "OLLAMA_NOHISTORY"]))
    }
}

/// A model as a list shows it.
public struct ModelSummary: Sendable {
    public let model: StoredModel
    public let config: ModelConfig

    /// Whether its weights are somewhere else.
    public var isRemote: Bool { !config.remoteHost.isEmpty }
}

extension LocalModels {
    /// The models whose name starts with `prefix` in whatever case, newest first, and what could not be read.
    public func list(prefix: String = "") throws(StoreError) -> (models: [ModelSummary], problems: [StoreError]) {
        let listing = try store.list()
        var problems = listing.problems
        var models: [ModelSummary] = []
        for model in listing.models where model.name.shortest.lowercased().hasPrefix(prefix.lowercased()) {
            do { models.append(ModelSummary(model: model, config: try store.config(of: model))) } catch { problems.append(error) }
        }
        return (models, problems)
    }

    /// Gives a model a second name.
    public func copy(_ source: String, to destination: String) throws {
        let names = (try Self.name(source, as: "source"), try Self.name(destination, as: "destination"))
        do { try store.copy(names.0, to: names.1) } catch StoreError.modelNotFound {
            throw ServiceError.nothingToCopy(source)
        }
    }

    /// Removes a model, with the blobs that no other model needs.
    public func remove(_ name: String) throws {
        do { _ = try store.remove(try Self.name(name, as: "name")) } catch StoreError.modelNotFound {
            throw ServiceError.nothingToRemove(name)
        }
    }

    /// - Parameter role: what the name is for, as Ollama calls it in its error.
    private static func name(_ text: String, as role: String) throws -> ModelName {
        do { return try ModelName(text) } catch ManifestError.invalidName(_, let part, let problem) {
            throw ServiceError.invalidName(text, role: role, problem: "the \(part.rawValue) \(problem)")
        }
    }
}
