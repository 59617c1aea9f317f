import Conversion
import Foundation
import GGUF
import JSONText
import Testing

@Suite struct ConfigurationTests {
    @Test func bothDialectsSayTheSame() throws {
        var old = TestCheckpoint()
        old.config["torch_dtype"] = "float32"
        old.config["rope_theta"] = 5000.0
        old.config["rope_scaling"] = ["type": "linear", "factor": 4.0]
        var new = TestCheckpoint()
        new.config["rope_theta"] = nil as JSONValue?
        new.config["dtype"] = "float32"
        new.config["layer_types"] = ["full_attention"]
        new.config["rope_parameters"] = ["rope_type": "linear", "factor": 4, "rope_theta": 5000]
        let options = ConversionOptions(name: "m")
        let metadata = try old.convert(options).metadata
        #expect(try new.convert(options).metadata == metadata)
        #expect(metadata.string("llama.rope.scaling.type") == "linear")
        #expect(metadata.double("llama.rope.scaling.factor") == 4 && metadata.double("llama.rope.freq_base") == 5000)
    }

    /// A folder can have any name; the same checkpoint makes the same file wherever it lies.
    @Test func theNameIsTheCheckpointsOwn() throws {
        var checkpoint = TestCheckpoint()
        #expect(try checkpoint.convert().metadata["general.name"] == nil)
        checkpoint.config["_name_or_path"] = "maker/Model-1B"
        #expect(try checkpoint.convert().metadata.string("general.name") == "Model-1B")
        #expect(try checkpoint.convert(ConversionOptions(name: "mine")).metadata.string("general.name") == "mine")
        checkpoint.config["_name_or_path"] = ""
        #expect(try checkpoint.convert().metadata["general.name"] == nil)
    }

    @Test func parametersByKindOfLayer() throws {
        var checkpoint = TestCheckpoint(architecture: "MistralForCausalLM")
        checkpoint.config["rope_parameters"] = ["full_attention": ["rope_type": "default", "rope_theta": 77.0]]
        #expect(try checkpoint.convert().metadata.double("llama.rope.freq_base") == 77)
    }

    @Test func nullsCountAsMissing() throws {
        var checkpoint = TestCheckpoint(architecture: "MistralForCausalLM")
        for key in ["rope_scaling", "sliding_window", "head_dim", "rope_parameters", "hidden_act", "quantization_config"] {
            checkpoint.config[key] = .null
        }
        let metadata = try checkpoint.convert().metadata
        #expect(metadata["llama.attention.sliding_window"] == nil && metadata.int("llama.attention.key_length") == 4)
    }

    @Test func yarnKeys() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.config["rope_scaling"] = [
            "rope_type": "yarn", "factor": 2.5, "attention_factor": 0.5, "beta_fast": 16, "beta_slow": 2, "extrapolation_factor": 1,
        ]
        let metadata = try checkpoint.convert().metadata
        #expect(metadata.string("llama.rope.scaling.type") == "yarn")
        #expect(metadata.int("llama.rope.scaling.original_context_length") == 64)
        let names = ["factor", "yarn_attn_factor", "yarn_beta_fast", "yarn_beta_slow", "yarn_ext_factor"]
        #expect(names.map { metadata.double("llama.rope.scaling.\($0)") } == [2.5, 0.5, 16, 2, 1])
    }

    @Test(arguments: ["dynamic", "longrope", "su", "mystery"])
    func unknownRopeTypes(type: String) {
        var checkpoint = TestCheckpoint()
        checkpoint.config["rope_scaling"] = ["type": .string(type), "factor": 2.0]
        #expect(
            checkpoint.failure() == "rope type '\(type)' cannot be converted; supported: default, linear, llama3, yarn")
    }

    /// llama.cpp's qwen2 and qwen3 have no tensor for the factors.
    @Test func ropeFactorsAreForLlamaOnly() throws {
        var checkpoint = TestCheckpoint(architecture: "Qwen3ForCausalLM")
        checkpoint.config["rope_scaling"] = ["rope_type": "llama3"]
        #expect(checkpoint.failure() == "rope type 'llama3' cannot be converted; supported: default, linear, yarn")
    }

    @Test func aClassThatIsNotSupported() {
        #expect(
            TestCheckpoint(architecture: "FooForCausalLM").failure()
                == "architecture 'FooForCausalLM' cannot be converted; supported: LlamaForCausalLM, MistralForCausalLM, "
                + CheckpointConverter.supportedArchitectures.dropFirst(2).joined(separator: ", "))
    }

    @Test(arguments: [nil, [], .null] as [JSONValue?])
    func noClassAtAll(value: JSONValue?) throws {
        var checkpoint = TestCheckpoint()
        checkpoint.config["architectures"] = value
        #expect(
            try #require(checkpoint.failure()).hasSuffix("'architectures' is missing or empty, wanted the name of a model class"))
    }

    @Test func aQuantizedCheckpoint() {
        var checkpoint = TestCheckpoint()
        checkpoint.config["quantization_config"] = ["quant_method": "fp8"]
        #expect(checkpoint.failure() == "the checkpoint is quantized (fp8); wanted one in F32, F16 or BF16")
    }

    /// Each value is one that a program might trip over; the error names the key.
    @Test(
        arguments: [
            ("num_hidden_layers", [-1, 0, 1_000_000_000, 2.5, "2", [2], true, nil, 1e300]),
            ("hidden_size", [0, -8, 9_223_372_036_854_775_807, "8", nil, 9]),
            ("intermediate_size", [0, "12", 2_000_000_000]), ("num_attention_heads", [0, -2, 70_000, "2", 3]),
            ("num_key_value_heads", [0, -1, 3, "1"]), ("vocab_size", [0, -1, 1_000_000_000, "6"]),
            ("head_dim", [0, -4, 3, 100_000, "4"]), ("max_position_embeddings", [0, -1, 4_000_000_000, "64"]),
            ("rms_norm_eps", [0, -1, "x", 1e300]), ("rope_theta", [0, -1.0, "x", 1e300]), ("hidden_act", ["gelu", 3]),
            ("rope_scaling", ["linear", [1]]), ("tie_word_embeddings", ["yes", 1]), ("architectures", ["LlamaForCausalLM", [1]]),
        ] as [(String, [JSONValue])])
    func valuesThatMakeNoSense(key: String, values: [JSONValue]) throws {
        for value in values {
            var checkpoint = TestCheckpoint()
            checkpoint.config[key] = value
            // 9 is no multiple of the heads, and 3 heads do not divide 8.
            let named = key == "num_attention_heads" && value == 3 ? "hidden_size" : key
            let failure = try #require(checkpoint.failure(), "\(key) = \(value.text())")
            #expect(failure.contains("config.json': '\(named)' is "), "\(failure)")
        }
    }

    @Test(arguments: ["", "{", "[1]", "\"a\"", "{\"a\": }", "\u{0}"])
    func aConfigThatIsNoObject(text: String) throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["config.json"] = text
        #expect(try #require(checkpoint.failure()).contains("config.json'"))
    }

    @Test func aFolderWithoutAConfig() {
        #expect { try CheckpointFolder(path: "/nowhere") } throws: {
            "\($0)" == "'/nowhere': no file 'config.json'"
        }
    }

    /// transformers takes `attention_factor`, or what two scales say, for the whole constant; runners multiply with their own.
    @Test func yarnConstantsAreWrittenForRunners() throws {
        for (more, magnitude) in [
            (["attention_factor": 1.3], 1.3), (["mscale": 0.5, "mscale_all_dim": 2.0], (1 + 0.05 * log(4)) / (1 + 0.2 * log(4))),
            (["attention_factor": 1.2, "mscale": 0.5, "mscale_all_dim": 2.0], 1.2),
        ] as [([String: JSONValue], Double)] {
            var checkpoint = TestCheckpoint()
            var scaling: JSONObject = ["rope_type": "yarn", "factor": 4.0]
            for (key, value) in more { scaling[key] = value }
            checkpoint.config["rope_scaling"] = .object(scaling)
            let written = try #require(try checkpoint.convert().metadata.double("llama.rope.scaling.attn_factor"))
            #expect(abs(written * (1 + 0.1 * log(4)) - magnitude) < 1e-6)
        }
        var checkpoint = TestCheckpoint()
        checkpoint.config["rope_scaling"] = ["rope_type": "yarn", "factor": 4.0, "mscale": 2.0]
        #expect(try checkpoint.convert().metadata["llama.rope.scaling.attn_factor"] == nil)
        checkpoint.config["rope_scaling"] = ["rope_type": "yarn", "factor": 4.0, "truncate": false]
        #expect(try #require(checkpoint.failure()).contains("truncate' is false"))
    }

    @Test func qwenWindowsAreWrittenLayerByLayer() throws {
        var checkpoint = TestCheckpoint(architecture: "Qwen2ForCausalLM")
        for (name, rows) in [("q", 8), ("k", 4), ("v", 4)] { checkpoint.add("model.layers.0.self_attn.\(name)_proj.bias", [rows]) }
        checkpoint.config["use_sliding_window"] = true
        checkpoint.config["sliding_window"] = 16
        // The class begins at layer 28 by itself.
        #expect(try checkpoint.convert().warnings == [])
        checkpoint.config["max_window_layers"] = 0
        let converted = try checkpoint.convert()
        #expect(
            converted.warnings == [
                "the attention window of 16 tokens is written as 'attention.sliding_window', which other runners may not know"
            ])
        #expect(converted.metadata.int("qwen2.attention.sliding_window") == 16)
        #expect(converted.metadata.array("qwen2.attention.sliding_window_pattern") == .bool([true]))
        checkpoint.config["sliding_window"] = 64
        #expect(try checkpoint.convert().warnings == [])
    }

    @Test func recommendedSamplingIsWritten() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["generation_config.json"] = #"{"temperature": 0.6, "top_k": 20, "min_p": "x", "top_p": 1e999}"#
        let metadata = try checkpoint.convert().metadata
        #expect(metadata["general.sampling.temp"] == .float32(0.6) && metadata["general.sampling.top_k"] == .int32(20))
        #expect(metadata["general.sampling.min_p"] == nil && metadata["general.sampling.top_p"] == nil)
    }

    /// Expected labels: llama.cpp's `gguf.utility.size_label`.
    @Test(arguments: [
        (5_242_624, "5.2M"), (1_235_814_400, "1.2B"), (70_553_706_496, "71B"), (494_032_768, "494M"), (25_120, "25K"),
        (999, "1.0K"),
        (9_960_000, "10M"), (1_000_000, "1000K"), (123, "0.12K"),
    ])
    func sizeLabels(count: Int, label: String) { #expect(ModelSize.label(count) == label) }
}
