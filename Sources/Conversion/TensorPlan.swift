import Bytes
import Safetensors
import Tensors

/// How one tensor of a checkpoint becomes one of the GGUF.
public struct TensorRule: Sendable {
    /// The checkpoint's name.
    let source: String
    /// The GGUF's name.
    let target: String
    /// Extents, outermost first.
    let shape: [Int]
    var isRequired = true
    /// Heads whose rows are regrouped for rotary embedding on neighbouring pairs, as ggml's `llama` has them; nil for rows
    /// that stay as they are.
    var rotaryHeads: Int?
}

/// What an architecture makes of a checkpoint's tensors.
struct TensorPlan {
    let rules: [TensorRule]
    /// Tensors that no file of the checkpoint has.
    let synthesized: [TensorSource]
    /// Names of tensors that are known and not wanted, besides the buffers that nobody wants.
    var ignored: Set<String> = []
    let architecture: String

    /// Ends of names of buffers that transformers recomputes and old checkpoints hold, in whatever type.
    private static let bufferSuffixes = [
        "position_ids", "rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached", "attention.masked_bias",
        "attention.bias", "attn.masked_bias", "attn.bias",
    ]

    /// Matches the rules with what is stored.
    ///
    /// - Returns: the tensors in the order of the checkpoint's files, synthesized ones first.
    func tensors(
        from stored: [SafetensorsTensor], output: ConversionOptions.OutputType
    ) throws(ConversionError) -> [ConvertedTensor] {
        let ruleOfSource = Dictionary(rules.map { ($0.source, $0) }) { first, _ in first }
        let present = Set(stored.map(\.name))
        let missing = rules.filter { $0.isRequired && !present.contains($0.source) }.map(\.source)
        guard missing.isEmpty else { throw .missingTensors(names: missing) }
        var converted = synthesized.map { ConvertedTensor(source: $0, type: .f32) }
        var unknown: [String] = []
        for tensor in stored {
            if let rule = ruleOfSource[tensor.name] {
                let source = try rule.source(from: tensor)
                converted.append(ConvertedTensor(source: source, type: output.type(of: source)))
            } else if !isIgnored(tensor.name) {
                unknown.append(tensor.name)
            }
        }
        guard unknown.isEmpty else { throw .unknownTensors(names: unknown, architecture: architecture) }
        return converted
    }

    private func isIgnored(_ name: String) -> Bool {
        ignored.contains(name) || Self.bufferSuffixes.contains { name == $0 || name.hasSuffix("." + $0) }
    }
}

extension TensorRule {
    /// The tensor to be written, with the stored one's bytes.
    fileprivate func source(from stored: SafetensorsTensor) throws(ConversionError) -> TensorSource {
        guard stored.shape == shape, let ggufShape = TensorShape(shape.reversed()) else {
            throw .tensorShape(name: stored.name, found: stored.shape, wanted: shape)
        }
        guard let type = stored.type.weightType else {
            throw .tensorType(name: stored.name, type: stored.type.rawValue)
        }
        var source = TensorSource(name: target, storedType: type, shape: ggufShape, parts: [stored.bytes])
        if let rotaryHeads {
            if shape.count > 1 {
                source.rowOrder = .interleavedHalves(heads: rotaryHeads)
            } else {
                // A bias is one row, so its elements are regrouped here; it is as long as the matrix is high.
                source.parts = [Self.regrouped(stored, heads: rotaryHeads)]
            }
        }
        return source
    }

    /// The elements of a vector in the order in which a matrix's rows are taken.
    private static func regrouped(_ vector: SafetensorsTensor, heads: Int) -> ByteRegion {
        let rows = TensorSource(
            name: vector.name, storedType: .f32, shape: TensorShape([1, vector.elementCount]) ?? TensorShape(vector: 1), parts: [],
            rowOrder: .interleavedHalves(heads: heads))
        let size = vector.type.byteCount
        let bytes = vector.bytes.bytes()
        return ByteRegion(
            (0..<vector.elementCount).flatMap { row in
                let start = rows.storedRow(row) * size
                return bytes[start..<start + size]
            })
    }
}

extension SafetensorsType {
    /// The GGUF type of the same bytes, for the types that weights come in.
    fileprivate var weightType: TensorType? {
        switch self {
        case .float32: .f32
        case .float16: .f16
        case .bfloat16: .bf16
        default: nil
        }
    }
}

extension ConversionOptions.OutputType {
    func type(of source: TensorSource) -> TensorType {
        guard source.shape.dimensions.count > 1 else { return .f32 }
        switch self {
        case .auto: return source.storedType == .bf16 ? .bf16 : .f16
        case .f16: return .f16
        case .bf16: return .bf16
        case .f32: return .f32
        }
    }
}
