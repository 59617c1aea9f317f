// Everything that can be wrong with a model, or with what is asked of it.
public import Compute
public import GGUF
public import Tensors

/// Why a model cannot be loaded or a batch not be evaluated.
public enum EngineError: Error, Equatable, CustomStringConvertible {
    // The file.
    case unsupportedArchitecture(found: String, supported: [String])
    /// A model that makes embeddings where one that generates text was wanted.
    case encoder(String)
    case metadata(GGUFError)
    /// A number of the metadata is outside what makes sense.
    case hyperparameter(key: String, found: String, wanted: String)
    case missingTensor(String, wanted: [Int])
    case tensorShape(String, found: TensorShape, wanted: [Int])
    case tensorType(String, ComputeError)
    /// A tensor that must be small numbers of one of the float types.
    case notFloats(String, found: TensorType)
    /// An adapter is none, or one for another model.
    case adapter(GGUFError)
    /// An adapter changes a tensor that is no matrix of a single product.
    case adapterTarget(String)
    case unsupportedRopeScaling(key: String, found: String, supported: [String])

    // The session.
    case noMemory(purpose: String, byteCount: Int)
    /// A session would take more than the machine or the control group has left; `fitting` says what would do.
    case notEnoughMemory(MemoryEstimate, available: Int, limit: SystemMemory.Limit, fitting: [String])
    case invalidSession(String)
    case noTokens
    case unknownSlot(Int, count: Int)
    case tokenOutOfRange(Int32, vocabularySize: Int)
    case contextFull(used: Int, adding: Int, contextLength: Int)
    case positionOutOfRange(Int, used: Int)
    /// Logits came out infinite or not a number: damaged weights, as a rule.
    case notFinite
    /// The same, where layers were looked at: the first state that is broken.
    case notFiniteState(BrokenState)
    case cancelled

    public var description: String {
        switch self {
        case .unsupportedArchitecture(let found, let supported):
            "the architecture '\(found)' is not supported; supported are \(supported.joined(separator: ", "))"
        case .encoder(let architecture): "the architecture '\(architecture)' makes embeddings, not text"
        case .metadata(let error): error.description
        case .hyperparameter(let key, let found, let wanted): "metadata key '\(key)' is \(found), wanted \(wanted)"
        case .missingTensor(let name, let wanted): "tensor '\(name)' is missing, wanted with shape \(wanted)"
        case .tensorShape(let name, let found, let wanted): "tensor '\(name)' has shape \(found), wanted \(wanted)"
        case .tensorType(let name, let error): "tensor '\(name)': \(error)"
        case .notFloats(let name, let found): "tensor '\(name)' is \(found.name), wanted F32, F16 or BF16"
        case .unsupportedRopeScaling(let key, let found, let supported):
            "metadata key '\(key)' is '\(found)', supported are \(supported.joined(separator: ", "))"
        case .adapter(let error): error.description
        case .adapterTarget(let name): "tensor '\(name)' cannot have an adapter: it is not one matrix that tokens go through"
        case .noMemory(let purpose, let byteCount): "no memory for \(purpose): \(byteCount) bytes wanted"
        case .notEnoughMemory(let wanted, let available, let limit, let fitting):
            "not enough memory: \(ByteText.of(wanted.total)) wanted (weights \(ByteText.of(wanted.weights)), "
                + "KV cache \(ByteText.of(wanted.cache)), activations \(ByteText.of(wanted.activations + wanted.logits))), "
                + "\(ByteText.of(available)) available in \(limit.rawValue); "
                + (fitting.isEmpty ? "no smaller context fits" : "\(fitting.joined(separator: " or ")) would fit")
        case .invalidSession(let problem): problem
        case .noTokens: "no tokens to evaluate"
        case .unknownSlot(let slot, let count): "slot \(slot) of a session with \(count)"
        case .tokenOutOfRange(let token, let size): "token \(token) is outside the vocabulary of \(size)"
        case .contextFull(let used, let adding, let length):
            "\(adding) more tokens do not fit: \(used) of the context's \(length) are used"
        case .positionOutOfRange(let position, let used): "position \(position) is not in 0...\(used)"
        case .notFinite:
            "the model computed logits that are infinite or not a number; its weights may be damaged (--debug-layers finds the layer)"
        case .notFiniteState(let state): state.description
        case .cancelled: "evaluation was cancelled"
        }
    }
}
