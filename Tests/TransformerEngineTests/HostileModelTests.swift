import Compute
import GGUF
import Tensors
import Testing
import TransformerEngine

/// Models whose numbers or tensors do not fit: each is one clear error.
@Suite struct HostileModelTests {
    let tiny = TinyModel(name: "llama-biases")

    private func error(
        _ change: (inout GGUFMetadata) -> Void = { _ in }, shapes: [String: [Int]] = [:], without: String? = nil,
        types: [String: TensorType] = [:]
    ) throws -> EngineError? {
        let file = try tiny.edited(change, shapes: shapes, without: without, types: types)
        do {
            _ = try TransformerModel(file: file)
            return nil
        } catch { return error }
    }

    @Test func `an unknown architecture is named, with those that are supported`() throws {
        let found = try error { $0["general.architecture"] = .string("mamba") }
        let supported = TransformerModel.supportedArchitectures + EncoderModel.supportedArchitectures
        #expect(found == .unsupportedArchitecture(found: "mamba", supported: supported))
        #expect(found.map(\.description)?.contains("'mamba' is not supported; supported are llama, qwen2") == true)
        #expect(try error { $0["general.architecture"] = nil } == .metadata(.missingKey("general.architecture")))
    }

    @Test(arguments: [
        "block_count", "embedding_length", "feed_forward_length", "context_length", "attention.head_count",
        "attention.head_count_kv", "attention.key_length", "attention.value_length", "rope.dimension_count",
    ])
    func `zero, huge and negative numbers are out of bounds`(key: String) throws {
        for value in [GGUFValue.uint32(0), .uint64(.max), .uint32(.max), .int32(-4)] {
            let found = try error { $0["llama." + key] = value }
            let message = try #require(found?.description, "\(key) = \(value)")
            #expect(message.contains("'llama.\(key)'"))
        }
        let found = try error { $0["llama." + key] = .string("many") }
        #expect(found == .metadata(.wrongType(key: "llama." + key, found: "a string", wanted: "an integer")))
    }

    @Test func `a missing number is named`() throws {
        for key in ["block_count", "embedding_length", "feed_forward_length", "context_length", "attention.head_count"] {
            #expect(try error { $0["llama." + key] = nil } == .metadata(.missingKey("llama." + key)))
        }
    }

    @Test func `heads that do not divide are refused`() throws {
        #expect(
            try error { $0["llama.attention.head_count_kv"] = .uint32(3) }
                == .hyperparameter(key: "llama.attention.head_count_kv", found: "3", wanted: "a divisor of the 4 heads"))
        #expect(
            try error {
                $0["llama.attention.head_count"] = .uint32(5)
                $0["llama.attention.head_count_kv"] = .uint32(5)
            }
                == .hyperparameter(
                    key: "llama.attention.head_count", found: "5", wanted: "a divisor of the embedding length 32"))
        #expect(
            try error { $0["llama.rope.dimension_count"] = .uint32(7) }
                == .hyperparameter(key: "llama.rope.dimension_count", found: "7", wanted: "an even number"))
    }

    @Test func `numbers said layer by layer must be the same for all layers`() throws {
        let key = "llama.attention.head_count_kv"
        #expect(try error { $0[key] = .array(.int32([2, 2])) } == nil)
        #expect(
            try error { $0[key] = .array(.int32([2, 1])) }
                == .hyperparameter(key: key, found: "different from layer to layer", wanted: "one number for all layers"))
        #expect(try error { $0[key] = .array(.int32([])) } != nil)
        #expect(try error { $0[key] = .array(.float32([2])) } != nil)
    }

    @Test func `numbers that are no numbers are refused`() throws {
        for value in [Float.nan, .infinity, 0, -1] {
            #expect(try error { $0["llama.rope.freq_base"] = .float32(value) } != nil)
            #expect(try error { $0["llama.attention.layer_norm_rms_epsilon"] = .float32(value) } != nil)
        }
    }

    @Test func `an unknown kind of rope scaling is named`() throws {
        let found = try error { $0["llama.rope.scaling.type"] = .string("dynamic") }
        #expect(
            found
                == .unsupportedRopeScaling(
                    key: "llama.rope.scaling.type", found: "dynamic", supported: ["none", "linear", "yarn", "longrope"]))
    }

    @Test(arguments: [
        "token_embd.weight", "output_norm.weight", "blk.1.attn_q.weight", "blk.0.attn_output.weight", "blk.1.ffn_down.weight",
    ])
    func `a missing tensor is named`(name: String) throws {
        let message = try #require(try error(without: name)?.description)
        #expect(message.contains("tensor '\(name)' is missing"))
    }

    @Test func `a tensor of the wrong shape says what was found and wanted`() throws {
        let found = try error(shapes: ["blk.1.attn_k.weight": [32, 15]])
        #expect(found?.description == "tensor 'blk.1.attn_k.weight' has shape [32, 15], wanted [32, 16]")
        #expect(try error(shapes: ["blk.0.attn_q.bias": [31]]) != nil)
        #expect(try error(shapes: ["blk.0.attn_norm.weight": [32, 2]]) != nil)
        #expect(try error(shapes: ["output.weight": [32, 41]]) != nil)
        #expect(try error(shapes: ["token_embd.weight": [16, 80]]) != nil)
    }

    @Test func `a tensor type without kernels is named`() throws {
        let message = try #require(try error(types: ["blk.0.ffn_up.weight": .i32])?.description)
        #expect(message.contains("tensor 'blk.0.ffn_up.weight'") && message.contains("I32"))
        #expect(
            try error(types: ["blk.0.attn_norm.weight": .q8_0]) == .notFloats("blk.0.attn_norm.weight", found: .q8_0))
    }

    @Test func `more blocks than tensors is a missing tensor`() throws {
        let message = try #require(try error { $0["llama.block_count"] = .uint32(3) }?.description)
        #expect(message.contains("tensor 'blk.2.attn_q.weight' is missing"))
    }

    @Test func `logits that are no numbers are an error`() throws {
        for value in [Float.nan, .infinity] {
            let file = try tiny.edited(firstFloat: ["output_norm.weight": value])
            let session = try InferenceSession(
                model: TransformerModel(file: file), contextLength: 16, pool: ThreadPool(threads: 1))
            #expect(throws: EngineError.notFinite) { try session.evaluate([1, 2]) }
        }
    }
}
