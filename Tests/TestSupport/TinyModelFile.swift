public import Foundation

/// Writes small GGUF files byte by byte, apart from the product's own writer, so that the one does not vouch for the other.
///
/// GGUF version 3, little endian: magic, version, counts, pairs of key and value, tensor infos, and each tensor's bytes at a
/// multiple of 32 (ggml's `gguf.md`).
public struct TinyModelFile: Sendable {
    private var pairs: [(key: String, bytes: [UInt8])] = []
    private var tensors: [(name: String, extents: [Int], type: UInt32, bytes: [UInt8])] = []

    public init() {}

    public mutating func add(_ key: String, _ value: UInt32) { pairs.append((key, Self.little(UInt32(4)) + Self.little(value))) }
    public mutating func add(_ key: String, _ value: UInt16) { pairs.append((key, Self.little(UInt32(2)) + Self.little(value))) }
    public mutating func add(_ key: String, _ value: Bool) { pairs.append((key, Self.little(UInt32(7)) + [value ? 1 : 0])) }
    public mutating func add(_ key: String, _ value: Float) {
        pairs.append((key, Self.little(UInt32(6)) + Self.little(value.bitPattern)))
    }
    public mutating func add(_ key: String, _ value: String) { pairs.append((key, Self.little(UInt32(8)) + Self.string(value))) }

    public mutating func add(_ key: String, _ values: [String]) {
        pairs.append((key, Self.array(of: 8, count: values.count) + values.flatMap(Self.string)))
    }

    public mutating func add(_ key: String, _ values: [Float]) {
        pairs.append((key, Self.array(of: 6, count: values.count) + values.flatMap { Self.little($0.bitPattern) }))
    }

    public mutating func add(_ key: String, _ values: [Int32]) {
        pairs.append((key, Self.array(of: 5, count: values.count) + values.flatMap { Self.little(UInt32(bitPattern: $0)) }))
    }

    public mutating func remove(_ key: String) { pairs.removeAll { $0.key == key } }

    /// Adds an F32 tensor, its extents innermost first, its values small (`scale` of them) and always the same for the same name.
    public mutating func add(tensor name: String, _ extents: [Int], scale: Float = 1) {
        var state = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let count = extents.reduce(1, *)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 4)
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // The state's top 24 bits, spread over -0.125..<0.125.
            let value = (Float(state >> 40) / 16_777_216 - 0.5) / 4 * scale
            bytes += Self.little(value.bitPattern)
        }
        tensors.append((name, extents, 0, bytes))
    }

    public var bytes: [UInt8] {
        var file =
            Array("GGUF".utf8) + Self.little(UInt32(3)) + Self.little(UInt64(tensors.count)) + Self.little(UInt64(pairs.count))
        for pair in pairs { file += Self.string(pair.key) + pair.bytes }
        var data: [UInt8] = []
        for tensor in tensors {
            file += Self.string(tensor.name) + Self.little(UInt32(tensor.extents.count))
            for extent in tensor.extents { file += Self.little(UInt64(extent)) }
            file += Self.little(tensor.type) + Self.little(UInt64(data.count))
            data += tensor.bytes
            data += [UInt8](repeating: 0, count: (32 - data.count % 32) % 32)
        }
        file += [UInt8](repeating: 0, count: (32 - file.count % 32) % 32)
        return file + data
    }

    public func write(to url: URL) throws { try Data(bytes).write(to: url) }

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

    private static func array(of kind: UInt32, count: Int) -> [UInt8] { little(UInt32(9)) + little(kind) + little(UInt64(count)) }
}

extension TinyModelFile {
    /// A llama with random weights that loads, tokenizes any text (all 256 bytes are tokens) and runs.
    ///
    /// - Parameters:
    ///   - width: the embedding's length and every row's; K types need multiples of 256.
    ///   - blocks: layers.
    ///   - experts: networks of each layer, of which a token goes through two; one network and no router where zero.
    ///   - sharpness: multiplies the logits; at one, all tokens are about as likely.
    ///   - controls: texts of control tokens, besides the usual three.
    public static func llama(
        width: Int = 32, blocks: Int = 1, experts: Int = 0, name: String = "tiny", sharpness: Float = 1, controls: [String] = []
    ) -> TinyModelFile {
        var file = TinyModelFile()
        file.add("general.architecture", "llama")
        file.add("general.name", name)
        file.add("general.file_type", UInt32(0))
        for (key, value) in [
            ("block_count", blocks), ("context_length", 256), ("embedding_length", width), ("feed_forward_length", 2 * width),
            ("attention.head_count", 4), ("attention.head_count_kv", 2), ("rope.dimension_count", width / 4),
        ] {
            file.add("llama.\(key)", UInt32(value))
        }
        file.add("llama.attention.layer_norm_rms_epsilon", Float(1e-5))
        if experts > 0 {
            file.add("llama.expert_count", UInt32(experts))
            file.add("llama.expert_used_count", UInt32(2))
        }
        let vocabulary = file.addVocabulary(controls)
        file.add(tensor: "token_embd.weight", [width, vocabulary], scale: sharpness)
        file.add(tensor: "output_norm.weight", [width])
        for block in 0..<blocks {
            func add(_ name: String, _ extents: [Int]) { file.add(tensor: "blk.\(block).\(name).weight", extents) }
            for name in ["attn_norm", "ffn_norm"] { add(name, [width]) }
            for name in ["attn_q", "attn_output"] { add(name, [width, width]) }
            for name in ["attn_k", "attn_v"] { add(name, [width, width / 2]) }
            guard experts > 0 else {
                for name in ["ffn_gate", "ffn_up"] { add(name, [width, 2 * width]) }
                add("ffn_down", [2 * width, width])
                continue
            }
            add("ffn_gate_inp", [width, experts])
            for name in ["ffn_gate_exps", "ffn_up_exps"] { add(name, [width, 2 * width, experts]) }
            add("ffn_down_exps", [2 * width, width, experts])
        }
        return file
    }

    /// Three special tokens, the 256 bytes, a few words, and what else shall be a control token; returns how many.
    private mutating func addVocabulary(_ controls: [String]) -> Int {
        let bytes = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "<0x" + (digits.count == 1 ? "0" : "") + digits + ">"
        }
        let words = ["\u{2581}", "a", "b", "\u{2581}a", "ab"]
        let tokens = ["<unk>", "<s>", "</s>"] + bytes + words + controls
        add("tokenizer.ggml.model", "llama")
        add("tokenizer.ggml.tokens", tokens)
        add("tokenizer.ggml.scores", tokens.indices.map { $0 < 259 ? Float(0) : -Float($0) })
        // 2 unknown, 3 control, 6 byte, 1 normal.
        add(
            "tokenizer.ggml.token_type",
            [2, 3, 3] + bytes.map { _ in Int32(6) } + words.map { _ in Int32(1) } + controls.map { _ in Int32(3) })
        add("tokenizer.ggml.bos_token_id", UInt32(1))
        add("tokenizer.ggml.eos_token_id", UInt32(2))
        add("tokenizer.ggml.add_bos_token", true)
        return tokens.count
    }

    /// A projector, as far as a package looks: one tensor, `general.type` and `clip`.
    public static func projector() -> TinyModelFile {
        var file = TinyModelFile()
        file.add("general.architecture", "clip")
        file.add("general.type", "mmproj")
        file.add("clip.has_vision_encoder", true)
        file.add(tensor: "mm.0.weight", [32, 32])
        return file
    }

    /// A LoRA adapter, as far as a package looks.
    public static func adapter() -> TinyModelFile {
        var file = TinyModelFile()
        file.add("general.architecture", "llama")
        file.add("general.type", "adapter")
        file.add("adapter.type", "lora")
        file.add("adapter.lora.alpha", Float(8))
        file.add(tensor: "blk.0.attn_q.weight.lora_a", [32, 4])
        file.add(tensor: "blk.0.attn_q.weight.lora_b", [4, 32])
        return file
    }

    /// The parts of a model in two files, as `llama-gguf-split` names and numbers them.
    public static func shards(width: Int = 32) -> [TinyModelFile] {
        let whole = llama(width: width, blocks: 2)
        return (0..<2).map { number in
            var part = TinyModelFile()
            if number == 0 { part.pairs = whole.pairs }
            part.add("split.no", UInt16(number))
            part.add("split.count", UInt16(2))
            part.add("split.tensors.count", UInt32(whole.tensors.count))
            let middle = whole.tensors.count / 2
            part.tensors = Array(number == 0 ? whole.tensors[..<middle] : whole.tensors[middle...])
            return part
        }
    }
}
