import Bytes
import GGUF
import Tensors
import TestSupport
import Testing

/// The small models of Fixtures/Quantization/make.py. A matrix has a few rows only, because quantizers look at rows alone.
struct FixtureModel: Sendable, CustomTestStringConvertible {
    var name: String
    var type: TensorType
    var heads: UInt32
    var groups: UInt32
    var experts: UInt32
    var blocks: UInt32
    /// Whether the importance matrix covers every matrix inside the model.
    var complete: Bool
    var tensors: [(name: String, shape: [Int])]

    var testDescription: String { name }

    static let all: [FixtureModel] = [
        FixtureModel(
            name: "plain", type: .f16, heads: 8, groups: 2, experts: 0, blocks: 17, complete: false,
            tensors: [("token_embd.weight", [256, 5]), ("output_norm.weight", [256]), ("output.weight", [256, 5])]
                + layers(17, downColumns: 512)),
        FixtureModel(
            name: "tied", type: .f32, heads: 4, groups: 4, experts: 0, blocks: 8, complete: true,
            tensors: [("token_embd.weight", [256, 5]), ("output_norm.weight", [256])] + layers(8, downColumns: 288)),
        FixtureModel(
            name: "odd", type: .bf16, heads: 4, groups: 2, experts: 0, blocks: 1, complete: false,
            tensors: [
                ("token_embd.weight", [288, 2]), ("output.weight", [280, 2]), ("blk.0.ffn_down.weight", [40, 3]),
                ("blk.0.attn_q.weight", [256, 1]), ("blk.0.attn_v.bias", [64, 2]),
            ]),
        FixtureModel(
            name: "experts", type: .bf16, heads: 8, groups: 2, experts: 8, blocks: 9, complete: false,
            tensors: [("token_embd.weight", [256, 4]), ("output.weight", [256, 4])] + expertLayers(9, experts: 8)),
        FixtureModel(
            name: "few experts", type: .f16, heads: 8, groups: 2, experts: 4, blocks: 9, complete: true,
            tensors: [("token_embd.weight", [256, 4]), ("output.weight", [256, 4])] + expertLayers(9, experts: 4)),
    ]

    private static func layers(_ count: Int, downColumns: Int) -> [(name: String, shape: [Int])] {
        (0..<count).flatMap { layer in
            [
                ("attn_norm", [256]), ("attn_q", [256, 3]), ("attn_k", [256, 2]), ("attn_v", [256, 2]), ("attn_output", [256, 3]),
                ("ffn_norm", [256]), ("ffn_gate", [256, 2]), ("ffn_up", [256, 2]), ("ffn_down", [downColumns, 2]),
            ].map { ("blk.\(layer).\($0.0).weight", $0.1) }
        }
    }

    private static func expertLayers(_ count: Int, experts: Int) -> [(name: String, shape: [Int])] {
        (0..<count).flatMap { layer in
            [
                ("attn_k", [256, 2]), ("attn_v", [256, 2]), ("attn_output", [256, 2]), ("ffn_gate_inp", [256, experts]),
                ("ffn_down_exps", [256, 2, experts]), ("ffn_up_exps", [256, 1, experts]),
            ].map { ("blk.\(layer).\($0.0).weight", $0.1) }
        }
    }

    func file() throws -> GGUFFile {
        var metadata = GGUFMetadata()
        metadata[GGUFKey.architecture] = .string("llama")
        metadata[GGUFKey.fileType] = .uint32(1)
        metadata[GGUFKey.name] = .string("Fixture")
        for (key, value) in [
            ("block_count", blocks), ("context_length", 64), ("embedding_length", 256), ("feed_forward_length", 512),
            ("attention.head_count", heads), ("attention.head_count_kv", groups), ("expert_count", experts),
            ("expert_used_count", min(2, experts)),
        ] { metadata["llama.\(key)"] = .uint32(value) }
        metadata["llama.attention.layer_norm_rms_epsilon"] = .float32(0x1p-17)
        let contents = try tensors.enumerated().map { index, tensor in
            let type = tensor.shape.count == 1 ? .f32 : self.type
            let shape = try #require(TensorShape(tensor.shape))
            return (tensor.name, type, shape, Self.weights(UInt32(index + 1), count: shape.elementCount, type: type))
        }
        return try Self.file(metadata, contents)
    }

    /// Multiples of 2^-10 below 2^-3: exact in F32, F16 and BF16.
    private static func weights(_ seed: UInt32, count: Int, type: TensorType) -> [UInt8] {
        var random = Xorshift(seed)
        return (0..<count).flatMap { _ in
            let value = Float(Int32(random.next() >> 24) - 128) * 0x1p-10
            return switch type {
            case .f32: bytes(value.bitPattern)
            case .f16: bytes(Float16(value).bitPattern)
            default: bytes(UInt16(value.bitPattern >> 16))
            }
        }
    }

    /// The importance matrix of the model: not for the embedding, and not for every fourth tensor unless it is complete.
    func importanceMatrix() throws -> ByteRegion {
        var contents: [(String, TensorType, TensorShape, [UInt8])] = []
        for (index, tensor) in tensors.enumerated() {
            if tensor.shape.count == 1 || tensor.name == "token_embd.weight" || (index % 4 == 3 && !complete) { continue }
            let experts = tensor.shape.count > 2 ? tensor.shape[2] : 1
            var random = Xorshift(UInt32(index + 1000))
            let sums = (0..<tensor.shape[0] * experts).flatMap { _ in bytes((Float(random.next() >> 16) * 0x1p-10).bitPattern) }
            let counts = (0..<experts).flatMap { bytes((experts > 1 && $0 == 1 ? Float(0) : 7 + Float($0)).bitPattern) }
            contents.append((tensor.name + ".in_sum2", .f32, try #require(TensorShape([tensor.shape[0], experts])), sums))
            contents.append((tensor.name + ".counts", .f32, try #require(TensorShape([1, experts])), counts))
        }
        var metadata = GGUFMetadata()
        metadata[GGUFKey.type] = .string("imatrix")
        metadata["imatrix.datasets"] = .array(.string(GGUFStrings(["fixture.txt"])))
        metadata["imatrix.chunk_count"] = .uint32(3)
        metadata["imatrix.chunk_size"] = .uint32(512)
        return ByteRegion(try Self.assemble(metadata, contents))
    }

    static func file(
        _ metadata: GGUFMetadata, _ tensors: [(String, TensorType, TensorShape, [UInt8])]
    ) throws -> GGUFFile {
        try GGUFFile(ByteRegion(try assemble(metadata, tensors)), name: "fixture.gguf")
    }

    static func assemble(
        _ metadata: GGUFMetadata, _ tensors: [(String, TensorType, TensorShape, [UInt8])]
    ) throws -> [UInt8] {
        let layout = try GGUFLayout(metadata: metadata, tensors: tensors.map { ($0.0, $0.1, $0.2) })
        var bytes = layout.header
        for (tensor, placement) in zip(tensors, layout.tensors) {
            bytes += tensor.3 + [UInt8](repeating: 0, count: placement.padding)
        }
        return bytes
    }
}

/// The little-endian bytes of a number.
func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) } }
