// A model that turns a text into one vector, as it lies in a file: checked, mapped, ready for sessions.
public import GGUF
import Tensors

/// The weights and shape of an encoder: every token sees all the others, and a sequence leaves as one vector.
///
/// Quantized layers are expanded when they are loaded: encoders are small, and rounding activations to eight bits, as decoders do,
/// would cost a vector more than the quantization did (all-MiniLM-L6-v2 in Q8_0: cosine 0.9984 instead of 0.9990 on the worst text).
///
/// ```swift
/// let model = try EncoderModel(file: GGUFFile(path: path))
/// let session = try EmbeddingSession(model: model, pool: ThreadPool())
/// let vectors = try session.embed([tokens, otherTokens])
/// ```
public final class EncoderModel: Sendable {
    public let hyperparameters: Hyperparameters
    /// How a sequence's hidden states become its vector.
    public let pooling: Pooling
    /// Tokens that the model knows: the rows of its embedding.
    public let vocabularySize: Int
    /// Bytes of all tensors of the file.
    public let weightByteCount: Int
    /// Bytes of what every text reads: matrices in F32 where they were expanded, no tables whose rows are looked up.
    let residentWeightByteCount: Int
    /// Bytes of matrices that were expanded, which are memory of our own.
    public let expandedByteCount: Int
    /// Columns of the widest matrix.
    let widestMatrix: Int
    let network: PostNormEncoder
    /// The largest rank of an adapter's term, and the most rows of a product that has one.
    let adapterExtent: (rank: Int, rows: Int)?

    /// Tables of which a text reads single rows.
    private static let lookedUp: Set<String> = ["token_embd.weight", "position_embd.weight", "token_types.weight"]

    /// The names that `general.architecture` may have.
    public static var supportedArchitectures: [String] { EncoderList.names }

    /// Whether an architecture is an encoder's; a decoder may pool its states too.
    public static func isEncoder(_ architecture: String) -> Bool { EncoderList.names.contains(architecture) }

    /// Components of a vector.
    public var dimensions: Int { hyperparameters.width }

    /// - Parameter adapters: what is added to the file's products, one after the other.
    /// - Throws: `EngineError`, as `TransformerModel` does.
    public init(file: GGUFFile, adapters: [ScaledAdapter] = []) throws(EngineError) {
        let name: String
        do { name = try file.metadata.requiredString(GGUFKey.architecture) } catch { throw .metadata(error) }
        guard let architecture = EncoderList.all.first(where: { $0.name == name }) else {
            throw .unsupportedArchitecture(found: name, supported: ArchitectureList.names + EncoderList.names)
        }
        hyperparameters = try Hyperparameters(metadata: file.metadata, architecture: name)
        pooling = try Pooling(HyperparameterReader(metadata: file.metadata), architecture: name)
        let terms = try LowRankTerms(adapters, for: file)
        var reader = WeightReader(file: file, parameters: hyperparameters)
        reader.expandsMatrices = true
        reader.adapterTerms = adapters.isEmpty ? nil : terms
        network = try architecture.load(reader)
        try terms.checkAllTaken()
        adapterExtent = terms.extent
        vocabularySize = network.vocabularySize
        weightByteCount = file.tensorByteCount + terms.byteCount
        let read = file.tensors.filter { !Self.lookedUp.contains($0.name) }
        expandedByteCount = read.reduce(0) {
            $0 + (WeightReader.isFloat($1.type) ? 0 : $1.shape.elementCount * MemoryLayout<Float>.size)
        }
        residentWeightByteCount = read.reduce(expandedByteCount + terms.byteCount) {
            $0 + (WeightReader.isFloat($1.type) ? $1.byteCount : 0)
        }
        widestMatrix = max(hyperparameters.width, hyperparameters.feedForwardLength)
    }
}

/// A family of encoders: how a file of it becomes a network. Each one lives in a file of its own under `Architectures`.
protocol EncoderArchitecture {
    /// Its name in `general.architecture`, and the prefix of its metadata keys.
    static var name: String { get }

    /// Finds the weights and puts them together.
    static func load(_ reader: WeightReader) throws(EngineError) -> PostNormEncoder
}

/// The encoders that Quern runs, by name.
enum EncoderList {
    static var all: [any EncoderArchitecture.Type] { [Bert.self, NomicBert.self] }

    static var names: [String] { all.map { $0.name } }
}
