import Bytes
import Conversion
import GGUF
import JSONText
import Safetensors
import Tensors
import TestSupport
import Testing

/// A checkpoint folder made for one test: a Llama of one layer whose files and weights can be changed before it is converted.
struct TestCheckpoint {
    var config: JSONObject = [
        "architectures": ["LlamaForCausalLM"], "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1,
        "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 6, "max_position_embeddings": 64,
        "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": false,
    ]
    var tokenizer: JSONObject = [
        "added_tokens": [["id": 3, "content": "<s>", "special": true], ["id": 4, "content": "<x>", "special": false]],
        "pre_tokenizer": ["type": "ByteLevel", "use_regex": true], "post_processor": nil,
        "model": ["type": "BPE", "vocab": ["a": 0, "b": 1, "ab": 2], "merges": [["a", "b"]]],
    ]
    /// Further files by name; nil removes one.
    var files: [String: String?] = [:]
    /// Further files that are no text.
    var data: [String: [UInt8]] = [:]
    var tensors: [String: SafetensorsTensor] = [:]

    init(architecture: String = "LlamaForCausalLM") {
        config["architectures"] = [.string(architecture)]
        add("model.embed_tokens.weight", [6, 8])
        add("lm_head.weight", [6, 8])
        add("model.norm.weight", [8])
        for norm in ["input_layernorm", "post_attention_layernorm"] { add("model.layers.0.\(norm).weight", [8]) }
        for (name, shape) in [
            ("self_attn.q_proj", [8, 8]), ("self_attn.k_proj", [4, 8]), ("self_attn.v_proj", [4, 8]), ("self_attn.o_proj", [8, 8]),
            ("mlp.gate_proj", [12, 8]), ("mlp.up_proj", [12, 8]), ("mlp.down_proj", [8, 12]),
        ] { add("model.layers.0.\(name).weight", shape) }
    }

    /// Adds a tensor whose bytes count up.
    mutating func add(_ name: String, _ shape: [Int], type: SafetensorsType = .float32) {
        let count = shape.reduce(type.byteCount, *)
        tensors[name] = SafetensorsTensor(
            name: name, type: type, shape: shape, bytes: ByteRegion((0..<count).map { UInt8(truncatingIfNeeded: $0) }))
    }

    func convert(_ options: ConversionOptions = ConversionOptions()) throws -> ConvertedModel {
        let folder = try TemporaryFolder()
        var written = files
        if written["config.json"] == nil { written["config.json"] = JSONValue.object(config).text() }
        if written["tokenizer.json"] == nil { written["tokenizer.json"] = JSONValue.object(tokenizer).text() }
        for case (let name, let text?) in written { try folder.write(Array(text.utf8), to: name) }
        for (name, bytes) in data { try folder.write(bytes, to: name) }
        let sorted = tensors.sorted { $0.key < $1.key }.map(\.value)
        try folder.write(SafetensorsFile.encoding(sorted), to: "model.safetensors")
        return try withExtendedLifetime(folder) {
            try CheckpointConverter(options: options).convert(CheckpointFolder(path: folder.path))
        }
    }

    /// The text of the error that conversion ends in.
    func failure() -> String? {
        do {
            _ = try convert()
            return nil
        } catch { return "\(error)" }
    }
}

extension ConvertedModel {
    func tensor(_ name: String) -> ConvertedTensor? { tensors.first { $0.source.name == name } }
}
