// A model as it lies in a file: checked, mapped, ready for sessions.
public import GGUF

/// The weights and shape of a model. Loading reads metadata and small vectors; matrices stay mapped.
///
/// ```swift
/// let model = try TransformerModel(file: GGUFFile(path: path))
/// let session = try InferenceSession(model: model, contextLength: 4096, pool: ThreadPool())
/// try session.evaluate(prompt)
/// ```
public final class TransformerModel: Sendable {
    public let hyperparameters: Hyperparameters
    /// Tokens that the model knows: the rows of its embedding.
    public let vocabularySize: Int
    /// Bytes of all tensors of the file.
    public let weightByteCount: Int
    let network: any Network

    /// The names that `general.architecture` may have in a model that generates text.
    public static var supportedArchitectures: [String] { ArchitectureList.names }

    /// - Throws: `EngineError.unsupportedArchitecture`; `.metadata` and `.hyperparameter` for numbers that are missing or make
    ///   no sense; `.missingTensor`, `.tensorShape`, `.tensorType` for the first tensor that does not fit.
    public init(file: GGUFFile) throws(EngineError) {
        let name: String
        do { name = try file.metadata.requiredString(GGUFKey.architecture) } catch { throw .metadata(error) }
        let architecture = try ArchitectureList.named(name)
        hyperparameters = try Hyperparameters(metadata: file.metadata, architecture: name)
        network = try architecture.load(WeightReader(file: file, parameters: hyperparameters))
        vocabularySize = network.vocabularySize
        weightByteCount = file.tensorByteCount
    }
}
