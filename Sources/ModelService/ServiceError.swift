/// Why a use case could not be carried out; errors of the rooms below pass through as they are.
public enum ServiceError: Error, Equatable, CustomStringConvertible {
    /// The package names no weights: a remote model, or one of another format.
    case noWeights(String)
    case unsupportedFormat(model: String, format: String)
    /// The package has a layer that a runner would have to apply and this one cannot.
    case unsupportedLayer(model: String, layer: String)
    case doesNotSupport(model: String, capability: String)
    /// The same where the template has no place for what was asked.
    case lacks(model: String, capability: String)
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
    /// A request without a model's name, with one that cannot be one, or with the name of a model that is not there; the names are
    /// as they were written.
    case noModel
    case invalidModelName(String)
    case unknownModel(String)
    /// A name that ends in `:cloud`; nothing here asks other machines.
    case cloudDisabled
    case twoSources(String)
    /// More requests wait than may.
    case busy
    /// A prompt that does not fit into the context, where nothing may be left out.
    case promptExceedsContext
    /// Bytes that arrived have another digest than was said.
    case digestMismatch(expected: String, found: String)
    /// A number that is no token of a vocabulary of `count`.
    case noToken(Int, count: Int)
    /// A raw prompt is the whole prompt; template, system text and context are for others.
    case rawWithTemplate

    public var description: String {
        switch self {
        case .noWeights(let model): "model '\(model)' has no weights in this store"
        case .unsupportedFormat(let model, let format):
            "model '\(model)' is in the format '\(format)', which cannot be run; GGUF can"
        case .unsupportedLayer(let model, let layer): "model '\(model)' has \(layer), which cannot be run"
        case .noInput(let model):
            "embedding models require input text. Usage: ollama run \(model) \"your text here\""
        case .doesNotSupport(let model, let capability): "\"\(model)\" does not support \(capability)"
        case .lacks(let model, let capability): "\(model) does not support \(capability)"
        case .noPackage(let name): "'\(name)' is a file, not a package of the store; a report has nothing to travel with"
        case .noQuality(let name): "nothing was measured and attached to '\(name)'; quern measure --attach does it"
        case .unknownQuality(let name): "the report of '\(name)' is of a form that this version does not know"
        // Ollama's words, which programs look for; the quotes differ there too.
        case .nothingToCopy(let name): "model \"\(name)\" not found"
        case .nothingToRemove(let name): "model '\(name)' not found"
        case .invalidName(let name, let role, let problem): "\(role) \"\(name)\" is invalid: \(problem)"
        case .unproven(let problem): problem
        case .noServer: "could not connect to ollama server, run 'ollama serve' to start it"
        case .noModel: "model is required"
        case .invalidModelName: "invalid model name"
        case .unknownModel(let name): "model '\(name)' not found"
        case .cloudDisabled: "ollama cloud is disabled: remote model is unavailable"
        case .twoSources(let name): "use either :local or :cloud, not both: \"\(name)\""
        // Two blanks, as in Ollama.
        case .busy: "server busy, please try again.  maximum pending requests exceeded"
        case .promptExceedsContext:
            "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length"
        case .digestMismatch(let expected, let found): "digest mismatch, expected \"\(expected)\", got \"\(found)\""
        case .noToken(let number, let count): "\(number) is no token: the vocabulary has \(count)"
        case .rawWithTemplate: "raw mode does not support template, system, or context"
        }
    }
}
