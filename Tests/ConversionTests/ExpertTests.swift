import Bytes
import Conversion
import GGUF
import JSONText
import Safetensors
import Tensors
import Testing

/// Checkpoints whose experts or configurations do not fit.
@Suite struct ExpertTests {
    /// A Mixtral of one layer with two experts.
    private func mixtral() -> TestCheckpoint {
        var checkpoint = TestCheckpoint(architecture: "MixtralForCausalLM")
        checkpoint.config["num_local_experts"] = 2
        for name in ["gate", "up", "down"] { checkpoint.tensors["model.layers.0.mlp.\(name)_proj.weight"] = nil }
        let block = "model.layers.0.block_sparse_moe."
        checkpoint.add("\(block)gate.weight", [2, 8])
        for expert in 0..<2 {
            checkpoint.add("\(block)experts.\(expert).w1.weight", [12, 8])
            checkpoint.add("\(block)experts.\(expert).w2.weight", [8, 12])
            checkpoint.add("\(block)experts.\(expert).w3.weight", [12, 8])
        }
        return checkpoint
    }

    @Test func expertsAreStacked() throws {
        let model = try mixtral().convert()
        let gate = try #require(model.tensor("blk.0.ffn_gate_exps.weight")?.source)
        #expect(gate.shape.dimensions == [8, 12, 2] && gate.parts.count == 2)
        #expect(model.tensor("blk.0.ffn_down_exps.weight")?.source.shape.dimensions == [12, 8, 2])
        #expect(model.tensor("blk.0.ffn_gate_inp.weight")?.type == .f32)
        #expect(model.metadata.int("llama.expert_count") == 2 && model.metadata.int("llama.expert_used_count") == 2)
    }

    @Test func fusedExpertsAreCutApart() throws {
        var checkpoint = mixtral()
        for name in checkpoint.tensors.keys where name.contains("block_sparse_moe") { checkpoint.tensors[name] = nil }
        checkpoint.add("model.layers.0.mlp.gate.weight", [2, 8])
        checkpoint.add("model.layers.0.mlp.experts.gate_up_proj", [2, 24, 8])
        checkpoint.add("model.layers.0.mlp.experts.down_proj", [2, 8, 12])
        let whole = try #require(checkpoint.tensors["model.layers.0.mlp.experts.gate_up_proj"]?.bytes.bytes())
        let model = try checkpoint.convert()
        let half = 12 * 8 * 4
        let gates = try #require(model.tensor("blk.0.ffn_gate_exps.weight")?.source.parts.map { $0.bytes() })
        let ups = try #require(model.tensor("blk.0.ffn_up_exps.weight")?.source.parts.map { $0.bytes() })
        #expect(gates == [Array(whole[..<half]), Array(whole[(2 * half)..<(3 * half)])])
        #expect(ups == [Array(whole[half..<(2 * half)]), Array(whole[(3 * half)...])])
    }

    @Test func missingAndStrangeExperts() {
        var checkpoint = mixtral()
        checkpoint.tensors["model.layers.0.block_sparse_moe.experts.1.w2.weight"] = nil
        #expect(checkpoint.failure() == "the checkpoint lacks 'model.layers.0.block_sparse_moe.experts.1.w2.weight'")
        checkpoint = mixtral()
        checkpoint.add("model.layers.0.block_sparse_moe.experts.2.w1.weight", [12, 8])
        #expect(
            checkpoint.failure()
                == "'model.layers.0.block_sparse_moe.experts.2.w1.weight' not known to MixtralForCausalLM")
        checkpoint = mixtral()
        checkpoint.add("model.layers.0.block_sparse_moe.experts.1.w1.weight", [12, 9])
        #expect(
            checkpoint.failure()
                == "tensor 'model.layers.0.block_sparse_moe.experts.1.w1.weight': shape [12, 9], wanted [12, 8]")
        checkpoint = mixtral()
        checkpoint.add("model.layers.0.block_sparse_moe.experts.1.w1.weight", [12, 8], type: .float16)
        #expect(
            checkpoint.failure()?.hasPrefix("tensor 'model.layers.0.block_sparse_moe.experts.1.w1.weight': type") == true)
    }

    @Test(
        arguments: [
            ("num_local_experts", [0, -1, 5000, "2"]), ("num_experts_per_tok", [0, 3, -1, 1.5]),
        ] as [(String, [JSONValue])])
    func countsThatMakeNoSense(key: String, values: [JSONValue]) throws {
        for value in values {
            var checkpoint = mixtral()
            checkpoint.config[key] = value
            #expect(try #require(checkpoint.failure()).contains("config.json': '\(key)' is \(value.text())"))
        }
    }

    @Test func gemmaAndPhiConfigurationsThatMakeNoSense() throws {
        for (architecture, key, value) in [
            ("Gemma2ForCausalLM", "layer_types", ["sliding_attention", "full_attention"]),
            ("Gemma2ForCausalLM", "layer_types", ["chunked_attention"]), ("Gemma2ForCausalLM", "attn_logit_softcapping", -1.0),
            ("Gemma3ForCausalLM", "query_pre_attn_scalar", 0), ("GemmaForCausalLM", "hidden_act", "relu"),
            ("Gemma3ForCausalLM", "use_bidirectional_attention", true), ("Gemma3ForConditionalGeneration", "text_config", [1]),
            ("Phi3ForCausalLM", "partial_rotary_factor", 1.5), ("Phi3ForCausalLM", "partial_rotary_factor", 0.1),
        ] as [(String, String, JSONValue)] {
            var checkpoint = TestCheckpoint(architecture: architecture)
            checkpoint.config["head_dim"] = 4
            checkpoint.config[key] = value
            #expect(try #require(checkpoint.failure()).contains("'\(key)' is "), "\(architecture) \(key)")
        }
        var checkpoint = TestCheckpoint(architecture: "Phi3ForCausalLM")
        checkpoint.config["rope_scaling"] = ["type": "longrope", "short_factor": [1.0], "long_factor": [1.0, 2.0]]
        #expect(try #require(checkpoint.failure()).contains("short_factor' is 1 numbers, wanted one for each of 2 rotary pairs"))
        checkpoint.config["rope_scaling"] = ["type": "longrope", "short_factor": [1.0, 0], "long_factor": [1.0, 2.0]]
        #expect(try #require(checkpoint.failure()).contains("wanted an array of numbers above zero"))
    }
}
