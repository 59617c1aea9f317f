import Bytes
import Compute
import GGUF
import Tensors

/// How much a model minds noise in each of its matrices.
///
/// Layers add what they compute to a sum that runs through the model (the residual stream), and the next one sees that sum scaled to
/// length one. So relative noise in a layer's matrix counts as much as the layer counts in the sum behind it: the energy of its output
/// over the energy of the sum. Both follow from the weights and the importance of columns; without importance a normalised input has
/// the squares of the norm's weights, and what lies between two matrices is taken to be normally distributed.
///
/// On a small trained Llama the shares agree with the divergence that one tensor in Q4_K causes within a factor of two or three, where
/// divergences differ by a factor of three hundred. The factors of the parts are those divergences over the shares (`Documentation/Quantizing.md`).
struct NoiseModel {
    private struct Layer {
        var attention = 0.1
        var feedForward = 0.1
    }

    private var layers: [Int: Layer] = [:]
    private let isTied: Bool

    /// The part of values that is left when attention averages them.
    private static let averaged = 0.3

    init(_ plan: QuantizationPlan, pool: ThreadPool) throws {
        var steps: [String: QuantizationPlan.Step] = [:]
        for step in plan.steps { steps[step.source.name] = step }
        isTied = steps["output.weight"] == nil
        func energy(_ name: String) throws -> (total: Double, perRow: Double)? {
            guard let step = steps[name] else { return nil }
            let meter = TypeErrorMeter(step, columns: Self.columns(of: step, in: steps), pool: pool)
            let total = try meter.energy()
            return total.isFinite && total > 0 ? (total, total / Double(step.source.shape.rows)) : nil
        }
        guard var sum = try energy("token_embd.weight")?.perRow else { return }
        for number in 0..<plan.blockCount {
            func part(_ names: String...) throws -> (total: Double, perRow: Double)? {
                for name in names { if let found = try energy("blk.\(number).\(name).weight") { return found } }
                return nil
            }
            var layer = Layer()
            if let output = try part("attn_output"), let values = try part("attn_v", "attn_qkv") {
                let known = steps["blk.\(number).attn_output.weight"]?.importance != nil
                let added = known ? output.total : output.total * values.perRow * Self.averaged
                sum += added
                layer.attention = added / sum
            }
            if let down = try part("ffn_down", "ffn_down_exps"), let up = try part("ffn_up", "ffn_up_exps") {
                let step = steps["blk.\(number).ffn_down.weight"] ?? steps["blk.\(number).ffn_down_exps.weight"]
                let gate = try part("ffn_gate", "ffn_gate_exps") ?? up
                let inner = step?.importance != nil ? 1 : Self.gated(gate.perRow) * up.perRow
                // Of a stack of experts some are used, each for a share of the tokens.
                let experts = Double(max(1, (step?.source.shape.dimensions.dropFirst(2).first ?? 1)))
                let added = down.total * inner / experts
                sum += added
                layer.feedForward = added / sum
            }
            layers[number] = layer
        }
    }

    /// The divergence to expect from a relative squared error of 1 in the tensor of that name.
    func sensitivity(of name: String) -> Double {
        let layer = TypeRecipe.layer(of: name).flatMap { layers[$0] } ?? Layer()
        return switch TensorCategory(name: name) {
        case .output: 0.9
        case .tokenEmbedding: isTied ? 0.9 : 0.2
        case .attentionQ, .attentionK: 0.2 * layer.attention
        case .attentionV, .attentionQKV, .attentionKVB: 0.1 * layer.attention
        case .attentionOutput: 0.06 * layer.attention
        case .feedForwardDown: 0.055 * layer.feedForward
        case .feedForwardUp, .feedForwardGate: 0.035 * layer.feedForward
        case .other: 0.1 * max(layer.attention, layer.feedForward)
        }
    }

    /// Mean squares of a matrix's inputs where no importance says them: the squares of the norm's weights before it.
    static func columns(of step: QuantizationPlan.Step, in steps: [String: QuantizationPlan.Step]) -> [Float]? {
        if let importance = step.importance { return importance }
        guard let layer = TypeRecipe.layer(of: step.source.name) else { return nil }
        let norm: String
        switch TensorCategory(name: step.source.name) {
        case .attentionQ, .attentionK, .attentionV, .attentionQKV: norm = "attn_norm"
        case .feedForwardUp, .feedForwardGate: norm = "ffn_norm"
        default: return nil
        }
        guard let source = steps["blk.\(layer).\(norm).weight"]?.source, source.storedType == .f32,
            source.shape.elementCount == step.source.shape.columns, step.source.shape.importanceCount == step.source.shape.columns,
            let bytes = source.parts.first, source.parts.count == 1
        else { return nil }
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { index in
                let value = Float(
                    bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
                return value.isFinite ? value * value : 1
            }
        }
    }

    /// The mean square of x * sigmoid(x) for a normally distributed x of that variance: between a half of it, for large ones, and a
    /// quarter of it, for small ones.
    private static func gated(_ variance: Double) -> Double { variance * (0.25 + 0.25 * variance / (variance + 4)) }
}
