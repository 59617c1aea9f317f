import GGUF
import Tensors

/// A family of checkpoints that can be converted: one type, one file.
///
/// To add one, write a type like `Qwen3` beside it and list it in `CheckpointArchitectures.all`. What most decoders share
/// (sizes, attention, gated feed-forward) is `DecoderDimensions`; an architecture says only what is its own.
protocol CheckpointArchitecture: Sendable {
    /// The class in config.json's `architectures`.
    static var className: String { get }
    /// Further classes whose checkpoints hold the same network, under another head.
    static var aliases: [String] { get }
    /// The value of `general.architecture`, which begins the names of its keys.
    static var ggufName: String { get }

    /// Reads and checks config.json.
    init(_ config: CheckpointConfig) throws(ConversionError)

    /// Tokens that the model has embeddings for.
    var vocabularySize: Int { get }
    /// The architecture's own keys, after `general.*`.
    func write(to metadata: inout GGUFMetadata)
    /// What each tensor of the checkpoint becomes.
    var tensorRules: [TensorRule] { get }
    /// The name that the rules have for a tensor that is stored as `name`.
    func canonicalName(_ name: String) -> String
    /// Tensors that are computed from the configuration.
    var synthesizedTensors: [TensorSource] { get }
    /// Tensors of the checkpoint that are known and not wanted.
    var ignoredTensors: Set<String> { get }
    /// Beginnings of canonical names of parts that are left out, such as an image encoder.
    var ignoredPrefixes: [String] { get }
    /// Whether the model turns texts into vectors instead of continuing them.
    var makesEmbeddings: Bool { get }
    /// What of the configuration the GGUF cannot say.
    var warnings: [String] { get }
}

extension CheckpointArchitecture {
    static var aliases: [String] { [] }
    func canonicalName(_ name: String) -> String { name }
    var synthesizedTensors: [TensorSource] { [] }
    var ignoredTensors: Set<String> { [] }
    var makesEmbeddings: Bool { false }
    var ignoredPrefixes: [String] { [] }
    var warnings: [String] { [] }
}

/// All architectures, in the order in which they are listed to people.
enum CheckpointArchitectures {
    static let all: [any CheckpointArchitecture.Type] = [
        Llama.self, Mistral.self, Mixtral.self, Qwen2.self, Qwen2MoE.self, Qwen3.self, Qwen3MoE.self, Gemma.self, Gemma2.self,
        Gemma3Text.self, Gemma3.self, Phi3.self, Bert.self, DistilBert.self,
        NomicBert.self,
    ]

    /// The architecture that config.json names first.
    static func architecture(of config: CheckpointConfig) throws(ConversionError) -> any CheckpointArchitecture {
        guard let name = try config.optionalStrings("architectures")?.first else {
            throw config.error("architectures", found: "missing or empty", wanted: "the name of a model class")
        }
        guard let match = all.first(where: { $0.className == name || $0.aliases.contains(name) }) else {
            throw .unsupportedArchitecture(name: name, supported: all.map { $0.className })
        }
        return try match.init(config)
    }
}
