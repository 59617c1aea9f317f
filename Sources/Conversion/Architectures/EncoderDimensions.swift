import GGUF
import Tensors

/// The sizes of an encoder with layer norms behind its blocks: what BERT and its descendants have in common.
struct EncoderDimensions: Sendable {
    let blockCount: Int
    let contextLength: Int
    let embeddingLength: Int
    let feedForwardLength: Int
    let headCount: Int
    let normEpsilon: Double
    let vocabularySize: Int
    /// Kinds of sentences that the model tells apart; a text that is embedded is the first kind.
    let typeCount: Int

    /// Reads config.json, in whichever of their dialects it is written: BERT's, DistilBERT's, or GPT-2's, which Nomic's has.
    init(_ config: CheckpointConfig, contextLength: Int, defaultTypeCount: Int) throws(ConversionError) {
        let widths = CheckpointConfig.widths
        blockCount = try config.int(config.first("num_hidden_layers", "n_layers", "n_layer"), in: CheckpointConfig.layers)
        self.contextLength = contextLength
        embeddingLength = try config.int(config.first("hidden_size", "dim", "n_embd"), in: widths)
        feedForwardLength = try config.int(config.first("intermediate_size", "hidden_dim", "n_inner"), in: widths)
        headCount = try config.int(config.first("num_attention_heads", "n_heads", "n_head"), in: 1...(1 << 16))
        normEpsilon = try config.optionalPositive(config.first("layer_norm_eps", "layer_norm_epsilon")) ?? 1e-12
        vocabularySize = try config.int("vocab_size", in: 1...(1 << 24))
        typeCount = try config.optionalInt("type_vocab_size", in: 1...(1 << 16)) ?? defaultTypeCount
        guard embeddingLength % headCount == 0 else {
            throw config.error(
                config.first("hidden_size", "dim", "n_embd"), found: "\(embeddingLength)",
                wanted: "a multiple of the \(headCount) attention heads")
        }
    }

    func write(to metadata: inout GGUFMetadata, architecture: String) {
        metadata[GGUFKey.blockCount(architecture)] = .uint32(UInt32(blockCount))
        metadata[GGUFKey.contextLength(architecture)] = .uint32(UInt32(contextLength))
        metadata[GGUFKey.embeddingLength(architecture)] = .uint32(UInt32(embeddingLength))
        metadata[GGUFKey.feedForwardLength(architecture)] = .uint32(UInt32(feedForwardLength))
        metadata[GGUFKey.headCount(architecture)] = .uint32(UInt32(headCount))
        metadata[GGUFKey.layerNormEpsilon(architecture)] = .float32(Float(normEpsilon))
        metadata[GGUFKey.isCausal(architecture)] = .bool(false)
        metadata[GGUFKey.tokenTypeCount] = .uint32(UInt32(typeCount))
    }
}

extension EncoderDimensions {
    /// The rule of a matrix's weight, and of its bias.
    func linear(_ source: String, _ target: String, rows: Int, columns: Int) -> [TensorRule] {
        [
            TensorRule(source: "\(source).weight", target: "\(target).weight", shape: [rows, columns]),
            TensorRule(source: "\(source).bias", target: "\(target).bias", shape: [rows]),
        ]
    }

    /// The rules of a layer norm.
    func norm(_ source: String, _ target: String) -> [TensorRule] {
        ["weight", "bias"].map { part in
            TensorRule(source: "\(source).\(part)", target: "\(target).\(part)", shape: [embeddingLength])
        }
    }

    /// The vectors of positions, in the type that is asked for: as Ollama writes them, where llama.cpp's converter always has F32.
    func positions(_ source: String) -> TensorRule {
        TensorRule(source: source, target: "position_embd.weight", shape: [contextLength, embeddingLength])
    }

    /// A table that is looked into, never multiplied with: runners read it as F32.
    func table(_ source: String, _ target: String, rows: Int) -> TensorRule {
        TensorRule(source: source, target: target, shape: [rows, embeddingLength], writtenType: .f32)
    }
}

extension CheckpointConfig {
    /// The first of several names for one number that config.json has; the very first, where it has none.
    func first(_ keys: String...) -> String { keys.first(where: has) ?? keys[0] }

    /// Accepts GELU by any of its names. All but "gelu" compute it by an approximation, which no GGUF can ask for.
    func geluWarnings(_ key: String) throws(ConversionError) -> [String] {
        switch try optionalString(key) {
        case nil, "gelu": return []
        case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python", "gelu_python_tanh":
            return ["'\(key)' is an approximation of GELU; runners of GGUF files compute GELU itself"]
        case let other?: throw error(key, found: "\"\(other)\"", wanted: "\"gelu\"")
        }
    }
}
