import Compute
import GGUF
import Testing
import TransformerEngine

/// Metadata changed at random: a model loads and computes, or is one error. Nothing else may happen.
@Suite struct MutatedMetadataTests {
    /// SplitMix64 (Steele et al. 2014): the same mutations in every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let numbers: [GGUFValue] = [
        .uint32(0), .uint32(1), .uint32(2), .uint32(3), .uint32(7), .uint32(64), .uint32(512), .uint32(513), .uint32(65535),
        .uint32(1 << 24), .uint32(.max), .uint32(1 << 31), .int32(-1), .int32(.min), .uint64(.max), .uint64(1 << 62), .int64(.min),
        .uint8(255), .int8(-128), .float32(0), .float32(-1), .float32(.nan), .float32(.infinity), .float32(1e-38), .float32(1e38),
        .float64(.leastNonzeroMagnitude), .float64(.greatestFiniteMagnitude), .bool(true), .string("yarn"), .string(""),
        .string("longrope"), .string("linear"), .array(.int32([])), .array(.int32([1, 2])), .array(.float32([.nan])),
        .array(.int32([-1, .max])),
    ]

    private static let keys = [
        "block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count",
        "attention.head_count_kv", "attention.key_length", "attention.value_length", "attention.layer_norm_rms_epsilon",
        "attention.sliding_window", "attention.sliding_window_pattern", "attention.scale", "attn_logit_softcapping",
        "final_logit_softcapping", "rope.dimension_count", "rope.freq_base", "rope.freq_base_swa", "rope.scaling.type",
        "rope.scaling.factor", "rope.scaling.attn_factor", "rope.scaling.original_context_length", "rope.scaling.yarn_beta_fast",
        "rope.scaling.yarn_beta_slow", "expert_count", "expert_used_count", "expert_feed_forward_length", "expert_weights_scale",
        "expert_weights_norm", "expert_gating_func", "vocab_size",
    ]

    @Test(arguments: ["llama-biases", "llama-yarn", "qwen2", "qwen3"])
    func `models load and compute, or are refused`(name: String) throws {
        let tiny = TinyModel(name: name)
        let pool = ThreadPool(threads: 2)
        let architecture = try tiny.file().metadata.architecture ?? ""
        var dice = Dice(state: UInt64(name.utf8.count))
        var (computed, refused) = (0, 0)
        for _ in 0..<250 {
            let file = try tiny.edited { metadata in
                for _ in 0..<Int.random(in: 1...3, using: &dice) {
                    guard let key = Self.keys.randomElement(using: &dice) else { continue }
                    metadata["\(architecture).\(key)"] = Self.numbers.randomElement(using: &dice)
                }
                if Int.random(in: 0..<8, using: &dice) == 0 {
                    let others = TransformerModel.supportedArchitectures
                    metadata["general.architecture"] = others.randomElement(using: &dice).map { .string(GGUFString($0)) }
                }
            }
            do {
                let session = try InferenceSession(
                    model: TransformerModel(file: file), contextLength: 40, batchSize: 8, pool: pool)
                try session.evaluate([1, 2, 3, 4, 5, 6, 7, 8, 9])
                try session.shift(keep: 1, discard: 3)
                try session.evaluate([1])
                computed += 1
            } catch {
                #expect(!error.description.isEmpty)
                refused += 1
            }
        }
        #expect(computed > 20 && refused > 20)
    }
}
