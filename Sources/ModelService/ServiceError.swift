/// Why a use case could not be carried out; errors of the rooms below pass through as they are.
public enum ServiceError: Error, Equatable, CustomStringConvertible {
    /// The package names no weights: a remote model, or one of another format.
    case noWeights(String)
    case unsupportedFormat(model: String, format: String)
    /// The package has a layer that a runner would have to apply and this one cannot.
    case unsupportedLayer(model: String, layer: String)
    case doesNotSupport(model: String, capability: String)
    /// An embedding model was run without a text; Ollama's words.
    case noInput(model: String)
    /// A report can only travel with a package, and this is a file.
    case noPackage(String)
    /// A package without a report, or with one that a later version wrote.
    case noQuality(String)
    case unknownQuality(String)
    /// No model has the name that a copy or a removal was asked for; the name is as it was typed.
    case nothingToCopy(String)
    case nothingToRemove(String)
    /// A name to copy from or to, or to remove, that cannot be one.
    case invalidName(String, role: String, problem: String)
    /// A TEMPLATE does not say what the model's own template says, and that was asked to be an error.
    case unproven(String)
    /// `OLLAMA_HOST` names another machine.
    case noServer

    public var description: String {
        switch self {
        case .noWeights(let model): "model '\(model)' has no weights in this store"
        case .unsupportedFormat(let model, let format):
            "model '\(model)' is in the format '\(format)', which cannot be run; GGUF can"
        case .unsupportedLayer(let model, let layer): "model '\(model)' has \(layer), which cannot be run"
        case .noInput(let model):
            "embedding models require input text. Usage: ollama run \(model) \"your text here\""
        case .doesNotSupport(let model, let capability): "\"\(model)\" does not support \(capability)"
        case .noPackage(let name): "'\(name)' is a file, not a package of the store; a report has nothing to travel with"
        case .noQuality(let name): "nothing was measured and attached to '\(name)'; quern measure --attach does it"
        case .unknownQuality(let name): "the report of '\(name)' is of a form that this version does not know"
        // Ollama's words, which programs look for; the quotes differ there too.
        case .nothingToCopy(let name): "model \"\(name)\" not found"
        case .nothingToRemove(let name): "model '\(name)' not found"
        case .invalidName(let name, let role, let problem): "\(role) \"\(name)\" is invalid: \(problem)"
        case .unproven(let problem): problem
        case .noServer: "could not connect to ollama server, run 'ollama serve' to start it"
        }
    }
}
