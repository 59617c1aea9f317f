import Bytes
import Conversion
import GGUF
import JSONText
import Safetensors
import Tensors
import Testing

@Suite struct TensorTests {
    @Test func vectorsAreF32AndMatricesAsAsked() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.add("model.norm.weight", [8], type: .bfloat16)
        checkpoint.add("lm_head.weight", [6, 8], type: .bfloat16)
        checkpoint.add("model.layers.0.mlp.up_proj.weight", [12, 8], type: .float16)
        let names = ["output_norm.weight", "output.weight", "blk.0.ffn_up.weight", "token_embd.weight"]
        let expected: [(ConversionOptions.OutputType, [TensorType])] = [
            (.auto, [.f32, .bf16, .f16, .f16]), (.f16, [.f32, .f16, .f16, .f16]), (.bf16, [.f32, .bf16, .bf16, .bf16]),
            (.f32, [.f32, .f32, .f32, .f32]),
        ]
        for (output, types) in expected {
            let model = try checkpoint.convert(ConversionOptions(outputType: output))
            #expect(names.map { model.tensor($0)?.type } == types)
            #expect(names.map { model.tensor($0)?.source.storedType } == [.bf16, .bf16, .f16, .f32])
        }
    }

    @Test func shapesAreInnermostFirst() throws {
        let model = try TestCheckpoint().convert()
        #expect(model.tensor("token_embd.weight")?.source.shape.dimensions == [8, 6])
        #expect(model.tensor("blk.0.ffn_down.weight")?.source.shape.dimensions == [12, 8])
    }

    @Test func rowsOfQueriesAndKeysAreRegrouped() throws {
        let model = try TestCheckpoint().convert()
        #expect(model.tensor("blk.0.attn_q.weight")?.source.rowOrder == .interleavedHalves(heads: 2))
        #expect(model.tensor("blk.0.attn_k.weight")?.source.rowOrder == .interleavedHalves(heads: 1))
        #expect(model.tensor("blk.0.attn_v.weight")?.source.rowOrder == .asStored)
    }

    @Test func biasesAreRegroupedLikeTheirMatrices() throws {
        var checkpoint = TestCheckpoint()
        let name = "model.layers.0.self_attn.q_proj.bias"
        checkpoint.tensors[name] = SafetensorsTensor(
            name: name, type: .float16, shape: [8], bytes: ByteRegion((0..<16).map { UInt8($0) }))
        let bias = try #require(try checkpoint.convert().tensor("blk.0.attn_q.bias")?.source)
        // Two heads of four: elements 0 2 1 3 of each, two bytes an element.
        #expect(bias.parts.flatMap { $0.bytes() } == [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15])
        #expect(bias.rowOrder == .asStored && bias.shape.dimensions == [8])
    }

    @Test func qwenRowsStayAsTheyAre() throws {
        var checkpoint = TestCheckpoint(architecture: "Qwen3ForCausalLM")
        checkpoint.config["head_dim"] = 4
        for norm in ["q_norm", "k_norm"] { checkpoint.add("model.layers.0.self_attn.\(norm).weight", [4]) }
        let model = try checkpoint.convert()
        #expect(model.tensors.allSatisfy { $0.source.rowOrder == .asStored })
        #expect(model.tensor("blk.0.attn_q_norm.weight")?.type == .f32)
    }

    @Test(arguments: [
        ("model.layers.0.self_attn.rotary_emb.inv_freq", SafetensorsType.float32), ("model.embeddings.position_ids", .int64),
        ("model.layers.0.attention.masked_bias", .bool), ("position_ids", .uint8), ("model.layers.0.attn.bias", .complex64),
    ])
    func buffersAreSkippedWhateverTheirType(name: String, type: SafetensorsType) throws {
        var checkpoint = TestCheckpoint()
        checkpoint.add(name, [3], type: type)
        #expect(try checkpoint.convert().tensors.count == 12)
    }

    @Test func unknownTensors() {
        var checkpoint = TestCheckpoint()
        checkpoint.add("model.layers.1.mlp.up_proj.weight", [12, 8])
        checkpoint.add("vision.weight", [1])
        #expect(
            checkpoint.failure() == "'model.layers.1.mlp.up_proj.weight', 'vision.weight' not known to LlamaForCausalLM")
    }

    @Test func missingTensors() {
        var checkpoint = TestCheckpoint()
        checkpoint.tensors["model.norm.weight"] = nil
        checkpoint.tensors["model.layers.0.mlp.up_proj.weight"] = nil
        #expect(checkpoint.failure() == "the checkpoint lacks 'model.norm.weight', 'model.layers.0.mlp.up_proj.weight'")
    }

    @Test func biasesThatQwen2MustHave() {
        #expect(
            TestCheckpoint(architecture: "Qwen2ForCausalLM").failure()
                == "the checkpoint lacks 'model.layers.0.self_attn.q_proj.bias', 'model.layers.0.self_attn.k_proj.bias', "
                + "'model.layers.0.self_attn.v_proj.bias'")
    }

    @Test func aTensorOfTheWrongShape() {
        var checkpoint = TestCheckpoint()
        checkpoint.add("model.norm.weight", [9])
        #expect(checkpoint.failure() == "tensor 'model.norm.weight': shape [9], wanted [8]")
        checkpoint.add("model.norm.weight", [])
        #expect(checkpoint.failure() == "tensor 'model.norm.weight': shape [], wanted [8]")
    }

    @Test(arguments: [SafetensorsType.float8E4M3, .int8, .float64])
    func weightsOfATypeThatIsNoWeights(type: SafetensorsType) {
        var checkpoint = TestCheckpoint()
        checkpoint.add("model.norm.weight", [8], type: type)
        #expect(
            checkpoint.failure() == "tensor 'model.norm.weight': type \(type.rawValue), wanted F32, F16 or BF16")
    }

    @Test func tiedEmbeddingsHaveNoOutput() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.config["tie_word_embeddings"] = true
        #expect(try checkpoint.convert().tensor("output.weight") == nil)
        checkpoint.tensors["lm_head.weight"] = nil
        #expect(try checkpoint.convert().tensors.count == 11)
    }

    @Test func damagedWeights() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["model.safetensors.index.json"] = #"{"weight_map": {"a": "../x"}}"#
        #expect(try #require(checkpoint.failure()).hasSuffix("shard '../x' is not the plain name of a file"))
    }

    /// Expected bits: torch 2.15, by the lines of llama.cpp's conversion/llama.py (Llama 3.1 8B, and heads of 64).
    @Test(arguments: [(128, "6a76916cd4b014a3"), (64, "acc305933a8ad966")])
    func ropeFactorsAreThoseOfTransformers(headLength: Int, digest: String) throws {
        var checkpoint = TestCheckpoint()
        checkpoint.config["head_dim"] = .number(.init(headLength))
        checkpoint.config["rope_theta"] = 500_000.0
        checkpoint.config["rope_scaling"] = [
            "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        ]
        for (name, rows) in [("q", 2), ("k", 1), ("v", 1)] {
            checkpoint.add("model.layers.0.self_attn.\(name)_proj.weight", [rows * headLength, 8])
        }
        checkpoint.add("model.layers.0.self_attn.o_proj.weight", [8, 2 * headLength])
        let model = try checkpoint.convert()
        let factors = try #require(model.tensors.first)
        #expect(factors.source.name == "rope_freqs.weight" && factors.source.shape.dimensions == [headLength / 2])
        #expect(Digest.of(factors.written()) == digest)
        #expect(model.metadata["llama.rope.scaling.type"] == nil)
    }
}
