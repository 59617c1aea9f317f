import Bytes
import Compute
import Conversion
import Foundation
import GGUF
import JSONText
import Tensors
import TestSupport
import Testing
import TransformerEngine

/// The tiny decoders in Tests/Fixtures/Decoders: converted as llama.cpp's converter does it, and computing what transformers does.
struct TinyDecoder: CustomTestStringConvertible {
    let name: String
    var testDescription: String { name }

    static let all = [
        "mixtral", "qwen3moe", "qwen3moe-mixed", "qwen2moe", "gemma", "gemma2", "gemma3", "gemma3-image", "phi3", "phi3-window",
        "qwen2-window",
    ].map(TinyDecoder.init)

    private var folder: URL {
        SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Decoders").appendingPathComponent(name)
    }

    func expected() throws -> JSONValue {
        try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent("expected.json"))))
    }

    func converted(_ output: ConversionOptions.OutputType = .auto) throws -> ConvertedModel {
        try CheckpointConverter(options: ConversionOptions(outputType: output)).convert(CheckpointFolder(path: folder.path))
    }

    /// The model in F32, written to a file in memory, with changed metadata or without a tensor.
    func model(_ change: (inout GGUFMetadata) -> Void = { _ in }, without missing: String? = nil) throws -> TransformerModel {
        let converted = try converted(.f32)
        let tensors = converted.tensors.filter { $0.source.name != missing }
        var metadata = converted.metadata
        change(&metadata)
        let layout = try GGUFLayout(
            metadata: metadata, tensors: tensors.map { ($0.source.name, $0.type, $0.source.shape) })
        var bytes = layout.header
        for (placement, tensor) in zip(layout.tensors, tensors) {
            bytes += [UInt8](repeating: 0, count: placement.fileOffset - bytes.count)
            bytes += tensor.written()
        }
        bytes += [UInt8](repeating: 0, count: layout.totalByteCount - bytes.count)
        return try TransformerModel(file: GGUFFile(ByteRegion(bytes), name: name))
    }

    /// Token ids, and the logits after each of them.
    func prompts() throws -> [(tokens: [Int32], logits: [[Double]])] {
        try (expected()["prompts"]?.array ?? []).map { prompt in
            (
                prompt["tokens"]?.array?.compactMap(\.int).map(Int32.init) ?? [],
                prompt["logits"]?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? []
            )
        }
    }
}

@Suite struct DecoderTests {
    @Test(arguments: TinyDecoder.all)
    func everyTensorHasTheBytesThatLlamaCppWrites(decoder: TinyDecoder) throws {
        guard let expected = try decoder.expected()["tensors"]?.object else {
            // llama.cpp wants experts in every layer, and leaves windows of Qwen out.
            #expect(["qwen3moe-mixed", "qwen2-window"].contains(decoder.name))
            return
        }
        let model = try decoder.converted()
        #expect(Set(model.tensors.map(\.source.name)) == Set(expected.keys))
        for tensor in model.tensors {
            let extents = tensor.source.shape.dimensions.map { JSONValue.number(JSONNumber($0)) }
            let description: JSONValue = [.string(tensor.type.name), .array(extents), .string(Digest.of(tensor.written()))]
            #expect(expected[tensor.source.name] == description, "\(tensor.source.name)")
        }
    }

    /// The keys of the architecture that llama.cpp writes, with its values; Quern writes some more.
    @Test(arguments: TinyDecoder.all)
    func keysAreThoseThatLlamaCppWrites(decoder: TinyDecoder) throws {
        let metadata = try decoder.converted().metadata
        for (key, value) in try decoder.expected()["metadata"]?.object ?? JSONObject() {
            let found: GGUFValue = try #require(metadata[key], "\(key)")
            switch (value[0]?.string, found) {
            case ("uint32", .uint32(let number)): #expect(Int(number) == value[1]?.int, "\(key)")
            case ("float32", .float32(let number)): #expect(number == value[1]?.double.map(Float.init), "\(key)")
            case ("string", .string(let text)): #expect(text.text == value[1]?.string, "\(key)")
            default: Issue.record("\(key) is \(found), wanted \(value.text())")
            }
        }
    }

    @Test(arguments: TinyDecoder.all, KernelTable.available())
    func logitsAreThoseOfTransformers(decoder: TinyDecoder, table: KernelTable) throws {
        let model = try decoder.model()
        let pool = ThreadPool(threads: 2)
        for prompt in try decoder.prompts() {
            for (cacheType, bound) in [(CacheType.f32, 1e-9), (.f16, 1e-5)] {
                for batchSize in [1, 5, 64] {
                    let session = try InferenceSession(
                        model: model, contextLength: prompt.tokens.count, batchSize: batchSize, cacheType: cacheType, pool: pool,
                        table: table)
                    try session.evaluate(prompt.tokens, logits: .all)
                    #expect(session.logitCount == prompt.logits.count)
                    for (position, wanted) in prompt.logits.enumerated() {
                        let error = normalizedError(session.logits(position), wanted)
                        #expect(error < bound, "position \(position) of \(prompt.tokens.count), \(cacheType), by \(batchSize)")
                    }
                }
            }
        }
    }

    /// Its configuration has the key, and transformers computes the same with and without it.
    @Test func gemma3DoesNotBoundAttention() throws {
        let decoder = TinyDecoder(name: "gemma3")
        let prompt = try #require(try decoder.prompts().first)
        let model = try decoder.model { $0["gemma3.attn_logit_softcapping"] = .float32(0.5) }
        let session = try InferenceSession(
            model: model, contextLength: prompt.tokens.count, cacheType: .f32, pool: ThreadPool(threads: 1))
        try session.evaluate(prompt.tokens)
        #expect(normalizedError(session.logits(), try #require(prompt.logits.last)) < 1e-9)
    }

    @Test(arguments: TinyDecoder.all)
    func anyNumberOfThreadsGivesTheSameBits(decoder: TinyDecoder) throws {
        let model = try decoder.model()
        let prompt = try #require(try decoder.prompts().last)
        let logits = try [1, 2, 3].map { threads in
            let session = try InferenceSession(
                model: model, contextLength: 64, batchSize: 7, pool: ThreadPool(threads: threads))
            try session.evaluate(prompt.tokens, logits: .all)
            return (0..<session.logitCount).map { session.logits($0) }
        }
        for other in logits.dropFirst() { #expect(other == logits[0]) }
    }
}

/// Files whose numbers or tensors do not fit: each is one clear error.
@Suite struct HostileDecoderTests {
    private func error(
        _ name: String, _ key: String? = nil, _ value: GGUFValue? = nil, without missing: String? = nil
    ) throws -> String? {
        do {
            _ = try TinyDecoder(name: name).model({ if let key { $0[key] = value } }, without: missing)
            return nil
        } catch let error as EngineError { return error.description }
    }

    @Test func expertCountsHaveBounds() throws {
        for value in [GGUFValue.uint32(1025), .int32(-1), .uint64(.max)] {
            #expect(try error("mixtral", "llama.expert_count", value)?.contains("'llama.expert_count'") == true)
        }
        for value in [GGUFValue.uint32(0), .uint32(5), .uint32(.max)] {
            #expect(try error("mixtral", "llama.expert_used_count", value)?.contains("wanted 1 to 4") == true)
        }
        #expect(
            try error("mixtral", "llama.expert_count", .uint32(3))
                == "tensor 'blk.0.ffn_gate_inp.weight' has shape [16, 4], wanted [16, 3]")
        #expect(
            try error("qwen3moe", "qwen3moe.expert_feed_forward_length", .uint32(9))
                == "tensor 'blk.0.ffn_gate_exps.weight' has shape [16, 8, 10], wanted [16, 9, 10]")
    }

    @Test func missingTensorsAreNamed() throws {
        for (name, tensor) in [
            ("mixtral", "blk.1.ffn_down_exps.weight"), ("qwen2moe", "blk.0.ffn_gate_inp_shexp.weight"),
            ("qwen2moe", "blk.1.ffn_up_shexp.weight"), ("gemma2", "blk.2.post_ffw_norm.weight"),
            ("gemma3", "blk.3.attn_k_norm.weight"), ("phi3", "blk.0.ffn_down.weight"), ("phi3", "rope_factors_short.weight"),
        ] {
            #expect(try error(name, without: tensor)?.hasPrefix("tensor '\(tensor)' is missing") == true)
        }
    }

    @Test func windowPatternsHaveAFlagForEachLayer() throws {
        let key = "gemma3.attention.sliding_window_pattern"
        #expect(
            try error("gemma3", key, .array(.bool([true])))
                == "metadata key '\(key)' is 1 values, wanted a flag for each of 7 layers")
        #expect(try error("gemma3", key, .uint32(0))?.contains("'\(key)' is 0") == true)
    }

    @Test func boundsAreNumbers() throws {
        for value in [Float.nan, .infinity, -1] {
            #expect(try error("gemma2", "gemma2.attn_logit_softcapping", .float32(value)) != nil)
        }
        // What is switched off is written as zero by some.
        #expect(try error("gemma2", "gemma2.final_logit_softcapping", .float32(0)) == nil)
    }
}

/// Mean squared error over the mean square of what was wanted.
private func normalizedError(_ found: [Float], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let errors = zip(found, wanted).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    return errors / wanted.reduce(0) { $0 + $1 * $1 }
}
