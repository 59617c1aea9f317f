import Bytes
import GGUF
import JSONText
import Tensors
import TestSupport
import TransformerEngine

/// The trained sample model as a GGUF file in memory: F32, or its own BF16, with the rows of queries and keys put in order for
/// rotary embedding on neighbours. By hand, so that these tests fail for the engine's faults and not for the converter's.
enum SampleModel {
    struct Case {
        let name: String
        let prompt: [Int32]
        let greedy: [Int32]
        let forced: [Int32]
        let lastLogits: [Double]
    }

    static func cases() throws -> [Case] {
        let value = try JSONValue(parsing: SharedData.bytes("sample-chat/EXPECTED.json"))
        func ids(_ value: JSONValue?) -> [Int32] { value?.array?.compactMap(\.int).map(Int32.init) ?? [] }
        return (value.array ?? []).map { item in
            Case(
                name: item["name"]?.string ?? "", prompt: ids(item["prompt_ids"]), greedy: ids(item["greedy_ids"]),
                forced: ids(item["forced_ids"]), lastLogits: item["last_logits"]?.array?.compactMap(\.double) ?? [])
        }
    }

    private static let names = [
        "model.embed_tokens": "token_embd", "model.norm": "output_norm", "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    ]

    private static let headRows = 32

    static func model(_ type: TensorType) throws -> TransformerModel {
        let bytes = try SharedData.bytes("sample-chat/model.safetensors")
        let headerSize = bytes[..<8].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let header = try JSONValue(parsing: Array(bytes[8..<(8 + headerSize)]))
        var tensors: [(name: String, type: TensorType, shape: TensorShape)] = []
        var data: [[UInt8]] = []
        for (key, value) in header.object ?? [:] where key != "__metadata__" {
            let extents = value["shape"]?.array?.compactMap(\.int) ?? []
            let range = value["data_offsets"]?.array?.compactMap(\.int) ?? []
            guard let shape = TensorShape(extents.reversed()), range.count == 2 else { continue }
            var content = Array(bytes[(8 + headerSize + range[0])..<(8 + headerSize + range[1])])
            if key.contains("q_proj") || key.contains("k_proj") { content = neighboured(content, rowBytes: shape.columns * 2) }
            let stored: TensorType = extents.count == 1 ? .f32 : type
            tensors.append((ggufName(key), stored, shape))
            data.append(stored == .bf16 ? content : widened(content))
        }
        let layout = try GGUFLayout(metadata: metadata, tensors: tensors)
        var file = layout.header
        for (placement, content) in zip(layout.tensors, data) {
            file += [UInt8](repeating: 0, count: placement.fileOffset - file.count) + content
        }
        file += [UInt8](repeating: 0, count: layout.totalByteCount - file.count)
        return try TransformerModel(file: GGUFFile(ByteRegion(file), name: "sample-chat"))
    }

    private static var metadata: GGUFMetadata {
        var metadata = GGUFMetadata()
        metadata["general.architecture"] = .string("llama")
        for (key, value) in [
            ("context_length", 2048), ("embedding_length", 256), ("block_count", 6), ("feed_forward_length", 768),
            ("attention.head_count", 8), ("attention.head_count_kv", 4),
        ] { metadata["llama." + key] = .uint32(UInt32(value)) }
        metadata["llama.attention.layer_norm_rms_epsilon"] = .float32(1e-5)
        metadata["llama.rope.freq_base"] = .float32(10000)
        return metadata
    }

    private static func ggufName(_ key: String) -> String {
        let parts = key.split(separator: ".")
        guard parts.count > 3, parts[1] == "layers" else {
            return (names[parts.dropLast().joined(separator: ".")] ?? key) + ".weight"
        }
        let inner = parts[3...].dropLast().joined(separator: ".")
        return "blk.\(parts[2]).\(names[inner] ?? inner).weight"
    }

    /// Rows 0, d/2, 1, d/2 + 1, ... of each head.
    private static func neighboured(_ content: [UInt8], rowBytes: Int) -> [UInt8] {
        var result: [UInt8] = []
        for row in 0..<content.count / rowBytes {
            let (head, place) = row.quotientAndRemainder(dividingBy: headRows)
            let source = (head * headRows + place % 2 * (headRows / 2) + place / 2) * rowBytes
            result += content[source..<(source + rowBytes)]
        }
        return result
    }

    private static func widened(_ content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count * 2)
        for index in stride(from: 0, to: content.count, by: 2) { result += [0, 0, content[index], content[index + 1]] }
        return result
    }
}
