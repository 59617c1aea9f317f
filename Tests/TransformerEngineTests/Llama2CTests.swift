import Bytes
import Compute
import GGUF
import JSONText
import Tensors
import TestSupport
import Testing
import TransformerEngine

/// Four small trained models in llama2.c's format against a float64 reference of that format.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct Llama2CTests {
    private static let names = ["stories260K.bin", "llama2xs-281K.bin", "babyllama-tok105.bin", "babyllama-tok361.bin"]

    /// The checkpoint as a GGUF file in memory. Its header is seven 32-bit numbers; its tensors follow in a fixed order, each
    /// kind for all layers (https://github.com/karpathy/llama2.c, `run.c`).
    private func model(_ name: String) throws -> TransformerModel {
        let bytes = try SharedData.bytes("models/llama2c/" + name)
        let header = (0..<7).map { field in
            Int(Int32(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[field * 4 + $1]) << (8 * UInt32($1)) }))
        }
        let (width, ffn, layers, heads, keyValueHeads) = (header[0], header[1], header[2], header[3], header[4])
        // A negative vocabulary size says that the output has weights of its own.
        let (vocabulary, length, head) = (abs(header[5]), header[6], width / heads)
        var position = 28
        var found: [String: (shape: [Int], bytes: ArraySlice<UInt8>)] = [:]
        func take(_ name: String, _ shape: [Int], perLayer: Bool = true) {
            for layer in 0..<(perLayer ? layers : 1) {
                let count = 4 * shape.reduce(1, *)
                found[(perLayer ? "blk.\(layer)." : "") + name] = (shape, bytes[position..<(position + count)])
                position += count
            }
        }
        take("token_embd.weight", [width, vocabulary], perLayer: false)
        take("attn_norm.weight", [width])
        take("attn_q.weight", [width, width])
        take("attn_k.weight", [width, keyValueHeads * head])
        take("attn_v.weight", [width, keyValueHeads * head])
        take("attn_output.weight", [width, width])
        take("ffn_norm.weight", [width])
        take("ffn_gate.weight", [width, ffn])
        take("ffn_down.weight", [ffn, width])
        take("ffn_up.weight", [width, ffn])
        take("output_norm.weight", [width], perLayer: false)
        // Tables of cosines and sines, which the engine computes itself.
        position += 4 * length * head
        if header[5] < 0 { take("output.weight", [width, vocabulary], perLayer: false) }

        var metadata = GGUFMetadata()
        metadata["general.architecture"] = .string("llama")
        for (key, value) in [
            ("context_length", length), ("embedding_length", width), ("block_count", layers), ("feed_forward_length", ffn),
            ("attention.head_count", heads), ("attention.head_count_kv", keyValueHeads),
        ] { metadata["llama." + key] = .uint32(UInt32(value)) }
        metadata["llama.attention.layer_norm_rms_epsilon"] = .float32(1e-5)
        let tensors = try found.sorted { $0.key < $1.key }.map { item in
            (name: item.key, type: TensorType.f32, shape: try #require(TensorShape(item.value.shape)))
        }
        let layout = try GGUFLayout(metadata: metadata, tensors: tensors)
        var file = layout.header
        for placement in layout.tensors {
            file += [UInt8](repeating: 0, count: placement.fileOffset - file.count)
            file += found[placement.tensor.name]?.bytes ?? []
        }
        file += [UInt8](repeating: 0, count: layout.totalByteCount - file.count)
        return try TransformerModel(file: GGUFFile(ByteRegion(file), name: name))
    }

    @Test(arguments: names, KernelTable.available())
    func `greedy ids and logits are the reference's`(name: String, table: KernelTable) throws {
        let expected = try JSONValue(parsing: SharedData.bytes("models/llama2c/EXPECTED.json"))["models"]?[name]
        let wanted = try #require(expected?["greedy_ids"]?.array?.compactMap(\.int).map(Int32.init))
        let session = try InferenceSession(
            model: model(name), contextLength: 256, cacheType: .f32, pool: ThreadPool(threads: 2), table: table)
        var tokens: [Int32] = [1]
        for position in wanted.indices {
            try session.evaluate([tokens[position]])
            let logits = session.logits()
            if let first = expected?["logits_pos\(position)_first16"]?.array?.compactMap(\.double) {
                #expect(normalizedError(Array(logits.prefix(16)), first) < 1e-10, "position \(position)")
            }
            let highest = try #require(logits.max())
            tokens.append(Int32(logits.firstIndex(of: highest) ?? 0))
        }
        #expect(Array(tokens.dropFirst()) == wanted)
    }
}
