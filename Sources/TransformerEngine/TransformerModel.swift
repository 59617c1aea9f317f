// A model as it lies in a file: checked, mapped, ready for sessions.
public import GGUF
import Tensors

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
    /// Bytes of all tensors of the file, and of the adapters.
    public let weightByteCount: Int
    /// The largest rank of an adapter's term, and the most rows of a product that has one.
    let adapterExtent: (rank: Int, rows: Int)?
    /// Bytes of those that every token reads: of an embedding that is not the output head too, only rows are looked up.
    let residentWeightByteCount: Int
    /// Columns of the widest matrix of a quantized type, and of floats; 0 for none.
    let widestMatrices: (integers: Int, floats: Int)
    let network: any Network

    /// The names that `general.architecture` may have in a model that generates text.
    public static var supportedArchitectures: [String] { ArchitectureList.names }

    /// - Parameter adapters: what is added to the file's products, one after the other.
    /// - Throws: `EngineError.unsupportedArchitecture`; `.metadata` and `.hyperparameter` for numbers that are missing or make
    ///   no sense; `.missingTensor`, `.tensorShape`, `.tensorType` for the first tensor that does not fit; `.adapter` and
    ///   `.adapterTarget` for an adapter's.
    public init(file: GGUFFile, adapters: [ScaledAdapter] = []) throws(EngineError) {
        let name: String
        do { name = try file.metadata.requiredString(GGUFKey.architecture) } catch { throw .metadata(error) }
        let architecture = try ArchitectureList.named(name)
        hyperparameters = try Hyperparameters(metadata: file.metadata, architecture: name)
        let terms = try LowRankTerms(adapters, for: file)
        var reader = WeightReader(file: file, parameters: hyperparameters)
        reader.adapterTerms = adapters.isEmpty ? nil : terms
        network = try architecture.load(reader)
        try terms.checkAllTaken()
        adapterExtent = terms.extent
        vocabularySize = network.vocabularySize
        weightByteCount = file.tensorByteCount + terms.byteCount
        var (resident, integers, floats) = (terms.byteCount, 0, 0)
        for tensor in file.tensors where tensor.name != "token_embd.weight" || file.tensor(named: "output.weight") == nil {
            resident += tensor.byteCount
            guard tensor.shape.dimensions.count > 1, let columns = tensor.shape.dimensions.first else { continue }
            if [.f32, .f16, .bf16].contains(tensor.type) {
                floats = max(floats, columns)
            } else {
                integers = max(integers, columns)
            }
        }
        residentWeightByteCount = resident
        widestMatrices = (integers, floats)
    }
}
